/** A file tree known by its content. */
export interface Artifact {
  /** Where the provider keeps it: `file:///…`, `s3://…`, `azureml://…`. */
  readonly uri: string;
  /** `sha256:<64 hex digits>` over the sorted list of (path, size, SHA-256) of its files; independent of times, owners and order. */
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
}
