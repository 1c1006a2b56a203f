/** Which CI run this is, read from the host. A field is absent when the host does not know it. */
export interface RunInfo {
  /** The CI system: `github`, `azure-pipelines`, `codebuild`, `jenkins`, `gitlab`, `shell`, `memory`. */
  readonly system: string;
  /** `owner/name`, or the clone URL where the host knows nothing shorter. */
  readonly repository?: string;
  /** The full commit id. */
  readonly commit?: string;
  /** The full ref, for example `refs/heads/main`. */
  readonly ref?: string;
  readonly runId?: string;
  /** 1 for the first attempt; higher when a person re-ran it. */
  readonly attempt?: number;
  readonly runUrl?: string;
  readonly pullRequest?: number;
  /** Who started it. */
  readonly actor?: string;
}
