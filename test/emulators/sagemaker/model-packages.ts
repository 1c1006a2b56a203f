import { AwsError, invalid } from './aws-error.ts';
import { arn, type Body, type Part, seconds } from './part.ts';

interface Group {
  readonly name: string;
  readonly packages: Package[];
}

interface Package {
  readonly request: Body;
  readonly version: number;
  readonly created: Date;
  approval: string;
  approvalDescription?: string;
  metadata: Record<string, string>;
}

/** Metadata entries that AWS takes. */
const most = 50;

/** The model registry: groups and their versions. */
export function modelPackages(): Part {
  const groups = new Map<string, Group>();
  const group = (nameOrArn: string): Group => {
    const found = groups.get(nameOrArn.replace(/^.*\//, ''));
    if (found === undefined) throw invalid(`ModelPackageGroup ${nameOrArn} does not exist.`);
    return found;
  };
  /** A version by its ARN, or as `group/version`. */
  const versioned = (packageArn: string): { readonly group: Group; readonly found: Package } => {
    const [, name = '', version] = /^(?:arn:.*:model-package\/)?([^/]+)\/(\d+)$/.exec(packageArn) ?? [];
    const found = groups.get(name)?.packages.find((each) => each.version === Number(version));
    const owner = groups.get(name);
    if (found === undefined || owner === undefined) throw invalid(`ModelPackage ${packageArn} does not exist.`);
    return { group: owner, found };
  };
  return {
    reset: async () => groups.clear(),
    handlers: {
      CreateModelPackageGroup: ({ ModelPackageGroupName: name }: Body) => {
        if (groups.has(name)) throw invalid(`Model Package Group already exists: ${arn('model-package-group', name)}`);
        groups.set(name, { name, packages: [] });
        return { ModelPackageGroupArn: arn('model-package-group', name) };
      },
      CreateModelPackage: (request: Body) => {
        if (request.SourceUri !== undefined && request.InferenceSpecification !== undefined) {
          throw invalid('SourceUri and InferenceSpecification cannot be given together.');
        }
        if (request.Tags !== undefined) throw invalid('A versioned model package takes no tags.');
        const owner = group(request.ModelPackageGroupName);
        const again = owner.packages.find((each) => each.request.ClientToken === request.ClientToken);
        if (request.ClientToken !== undefined && again !== undefined) {
          if (JSON.stringify(again.request) !== JSON.stringify(request)) {
            throw new AwsError('ConflictException', 'The client token was used for another request.');
          }
          return { ModelPackageArn: packageArn(owner, again) };
        }
        const metadata = { ...(request.CustomerMetadataProperties ?? {}) };
        const made: Package = {
          request,
          version: owner.packages.length + 1,
          created: new Date(),
          approval: request.ModelApprovalStatus ?? 'PendingManualApproval',
          metadata,
        };
        owner.packages.push(made);
        return { ModelPackageArn: packageArn(owner, made) };
      },
      DescribeModelPackage: ({ ModelPackageName }: Body) => {
        const { group: owner, found } = versioned(ModelPackageName);
        const { ClientToken: _, CustomerMetadataProperties: __, Tags: ___, ...asked } = found.request;
        return {
          ...asked,
          ...summary(owner, found),
          ModelPackageName: owner.name,
          ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
          ...(found.approvalDescription === undefined ? {} : { ApprovalDescription: found.approvalDescription }),
          ...(Object.keys(found.metadata).length === 0 ? {} : { CustomerMetadataProperties: found.metadata }),
        };
      },
      UpdateModelPackage: (request: Body) => {
        const { found } = versioned(request.ModelPackageArn);
        const { ModelApprovalStatus, ApprovalDescription, CustomerMetadataProperties = {} } = request;
        const { CustomerMetadataPropertiesToRemove: removed = [] } = request;
        const merged = { ...found.metadata, ...CustomerMetadataProperties };
        for (const key of removed) delete merged[key];
        if (Object.keys(merged).length > most) throw invalid(`More than ${most} customer metadata properties.`);
        found.metadata = merged;
        found.approval = ModelApprovalStatus ?? found.approval;
        if (ApprovalDescription !== undefined) found.approvalDescription = ApprovalDescription;
        return { ModelPackageArn: request.ModelPackageArn };
      },
      ListModelPackages: (request: Body) => {
        const owner = group(request.ModelPackageGroupName);
        const sorted = request.SortOrder === 'Ascending' ? [...owner.packages] : [...owner.packages].reverse();
        const from = Number(request.NextToken ?? 0);
        const to = from + Math.min(request.MaxResults ?? 10, 100);
        return {
          ModelPackageSummaryList: sorted.slice(from, to).map((each) => summary(owner, each)),
          ...(to < sorted.length ? { NextToken: String(to) } : {}),
        };
      },
    },
  };
}

function packageArn({ name }: Group, { version }: Package): string {
  return arn('model-package', `${name}/${version}`);
}

function summary(owner: Group, found: Package): Body {
  return {
    ModelPackageGroupName: owner.name,
    ModelPackageVersion: found.version,
    ModelPackageArn: packageArn(owner, found),
    ...(found.request.ModelPackageDescription === undefined
      ? {}
      : { ModelPackageDescription: found.request.ModelPackageDescription }),
    CreationTime: seconds(found.created),
    ModelPackageStatus: 'Completed',
    ModelApprovalStatus: found.approval,
  };
}
