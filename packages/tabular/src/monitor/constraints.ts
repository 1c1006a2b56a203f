import { UserError } from '@mlops-actions/core';
import { items, member, type Node, numberIn, rootOf, textIn } from './tree.ts';

/** The types that Model Monitor tells apart. */
const monitorTypes = ['Integral', 'Fractional', 'String', 'Unknown'] as const;
export type MonitorType = (typeof monitorTypes)[number];

/** What Model Monitor demands of a column. */
export interface MonitorConstraint {
  readonly name: string;
  readonly type: MonitorType;
  /** Least share of cells that hold something, 0 to 1. */
  readonly completeness?: number;
  readonly isNonNegative: boolean;
  /** All categories that are expected. */
  readonly domain?: readonly string[];
  readonly limits: MonitorLimits;
}

/** From where on a finding is a violation. */
export interface MonitorLimits {
  /** Whether anything is demanded at all. */
  readonly isEvaluated: boolean;
  /** Greatest share of cells of another type (`datatype_check_threshold`), and of cells outside the domain (`domain_content_threshold`). */
  readonly mistypedShare: number;
  readonly unknownShare: number;
  /** How the column's distribution is compared with the baseline. */
  readonly comparison: {
    readonly isPerformed: boolean;
    readonly threshold: number;
    /** `Robust` allows for small samples, `Simple` does not. */
    readonly method: 'Simple' | 'Robust';
  };
}

/** Model Monitor's own defaults. */
const defaultLimits: MonitorLimits = {
  isEvaluated: true,
  mistypedShare: 0.1,
  unknownShare: 0.1,
  comparison: { isPerformed: true, threshold: 0.1, method: 'Robust' },
};

/**
 * Reads `constraints.json` of SageMaker Model Monitor (developer guide, "Schema for constraints"), the overrides of single columns included. `label` names
 * the file in messages. Throws a `UserError` that says where what is wrong.
 */
export function readMonitorConstraints(text: string, label: string): readonly MonitorConstraint[] {
  const root = rootOf(text, label);
  const features = member(root, 'features');
  if (!Array.isArray(features.value)) {
    throw new UserError(`${label}: has no list \`features\`. Name a constraints.json that Model Monitor wrote.`);
  }
  const limits = limitsIn(member(root, 'monitoring_config'), defaultLimits);
  return items(features).map((feature) => constraintOf(feature, limits));
}

function constraintOf(feature: Node, limits: MonitorLimits): MonitorConstraint {
  const completeness = member(feature, 'completeness');
  const domains = member(feature, 'string_constraints', 'domains');
  const type = member(feature, 'inferred_type');
  return {
    name: textIn(member(feature, 'name')),
    type: type.value === undefined ? 'Unknown' : oneOf(monitorTypes, type),
    ...(completeness.value === undefined ? {} : { completeness: shareIn(completeness) }),
    isNonNegative: member(feature, 'num_constraints', 'is_non_negative').value === true,
    ...(Array.isArray(domains.value) ? { domain: items(domains).map(textIn) } : {}),
    limits: limitsIn(member(feature, 'monitoringConfigOverrides'), limits),
  };
}

/** What a configuration says; the rest is as in `before`. */
function limitsIn(config: Node, before: MonitorLimits): MonitorLimits {
  const comparison = member(config, 'distribution_constraints');
  const threshold = member(comparison, 'comparison_threshold');
  const method = member(comparison, 'comparison_method');
  return {
    isEvaluated: switchIn(member(config, 'evaluate_constraints'), before.isEvaluated),
    mistypedShare: shareOr(member(config, 'datatype_check_threshold'), before.mistypedShare),
    unknownShare: shareOr(member(config, 'domain_content_threshold'), before.unknownShare),
    comparison: {
      isPerformed: switchIn(member(comparison, 'perform_comparison'), before.comparison.isPerformed),
      threshold: threshold.value === undefined ? before.comparison.threshold : numberIn(threshold),
      method: method.value === undefined ? before.comparison.method : oneOf(['Simple', 'Robust'], method),
    },
  };
}

/** Model Monitor writes its switches as texts. */
function switchIn(node: Node, before: boolean): boolean {
  if (node.value === undefined) return before;
  if (typeof node.value === 'boolean') return node.value;
  return oneOf(['Enabled', 'Disabled'], node) === 'Enabled';
}

function shareOr(node: Node, before: number): number {
  return node.value === undefined ? before : shareIn(node);
}

function shareIn(node: Node): number {
  const share = numberIn(node);
  if (share >= 0 && share <= 1) return share;
  throw new UserError(`${node.at} is ${share}. Write a share from 0 to 1.`);
}

function oneOf<Word extends string>(words: readonly Word[], node: Node): Word {
  const text = textIn(node);
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw new UserError(`${node.at} is ${JSON.stringify(text)}. Write one of ${words.join(', ')}.`);
}
