import { UserError } from '@mlops-actions/core';

/** One thing wrong in a store: which file, what about it (the sentence goes on after the path), and what to do. */
export interface Finding {
  readonly path: string;
  readonly problem: string;
  readonly fix: string;
  /** True for leftovers that nothing reads: they cost space and no more. */
  readonly harmless: boolean;
}

/** A damaged or missing file of the store, met while working. */
export class StoreDamage extends UserError {
  override readonly name = 'StoreDamage';
  readonly finding: Finding;

  constructor(path: string, problem: string, fix: string) {
    super(`${path} ${problem}. ${fix} \`mlops-actions store check\` shows all that is damaged.`);
    this.finding = { path, problem, fix, harmless: false };
  }
}
