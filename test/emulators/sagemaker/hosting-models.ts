import type { Clock } from '@mlops-actions/core';
import { invalid } from './aws-error.ts';
import { arn, type Body, type Part, seconds } from './part.ts';

/** What hosting is made of: models and endpoint configurations, which never change once they are made. */
export interface HostingModels extends Part {
  model(name: string): Body;
  config(name: string): Body;
  /** Of all models and configurations. */
  names(): string[];
}

export function hostingModels(clock: Clock): HostingModels {
  const models = new Map<string, Body>();
  const configs = new Map<string, Body>();
  const model = (name: string): Body => found(models, name, `Could not find model "${arn('model', name)}".`);
  const config = (name: string): Body =>
    found(configs, name, `Could not find endpoint configuration "${arn('endpoint-config', name)}".`);
  return {
    model,
    config,
    names: () => [...configs.keys(), ...models.keys()],
    reset: async () => {
      models.clear();
      configs.clear();
    },
    handlers: {
      CreateModel: ({ Tags: _, ...request }: Body) => {
        const { ModelName: name } = request;
        if (models.has(name)) throw invalid(`Cannot create already existing model "${arn('model', name)}".`);
        models.set(name, { ...request, ModelArn: arn('model', name), CreationTime: seconds(clock.now()) });
        return { ModelArn: arn('model', name) };
      },
      DeleteModel: ({ ModelName }: Body) => {
        model(ModelName);
        models.delete(ModelName);
      },
      CreateEndpointConfig: ({ Tags: _, ...request }: Body) => {
        const { EndpointConfigName: name, ProductionVariants } = request;
        const made = arn('endpoint-config', name);
        if (configs.has(name)) throw invalid(`Cannot create already existing endpoint configuration "${made}".`);
        for (const { ModelName } of ProductionVariants) model(ModelName);
        configs.set(name, { ...request, EndpointConfigArn: made, CreationTime: seconds(clock.now()) });
        return { EndpointConfigArn: made };
      },
      DescribeEndpointConfig: ({ EndpointConfigName }: Body) => config(EndpointConfigName),
      DeleteEndpointConfig: ({ EndpointConfigName }: Body) => {
        config(EndpointConfigName);
        configs.delete(EndpointConfigName);
      },
    },
  };
}

function found(all: ReadonlyMap<string, Body>, name: string, message: string): Body {
  const one = all.get(name);
  if (one === undefined) throw invalid(message);
  return one;
}
