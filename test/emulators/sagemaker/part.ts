/** What a request asks SageMaker for, as its JSON says. The judge has looked at the shapes; handlers look at what AWS refuses. */
// biome-ignore lint/suspicious/noExplicitAny: the shapes are AWS's, and the judge holds requests and answers against them.
export type Body = any;

export type Handlers = Readonly<Record<string, (input: Body) => Body | Promise<Body>>>;

/** A part of SageMaker: the operations that it answers. `reset` ends what runs and forgets all. */
export interface Part {
  readonly handlers: Handlers;
  reset(): Promise<void>;
}

export const account = '123456789012';
export const region = 'eu-west-1';

export function arn(kind: string, name: string): string {
  return `arn:aws:sagemaker:${region}:${account}:${kind}/${name}`;
}

/** AWS writes times as seconds since 1970 in JSON. */
export function seconds(date: Date): number {
  return date.getTime() / 1000;
}
