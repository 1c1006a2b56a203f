/** How long the gateway waits for what; milliseconds unless said otherwise. */
export interface Timings {
  readonly startupPollMs: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** A replica is restarted after so many failed pings or timed-out requests with no answer between them. */
  readonly failuresBeforeRestart: number;
  /** Before the first restart; doubles with every further one up to `maxRestartDelayMs`. */
  readonly restartDelayMs: number;
  readonly maxRestartDelayMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly stopGraceMs: number;
  readonly scaleTickMs: number;
  readonly scaleSustainMs: number;
  readonly scaleCooldownMs: number;
  /** How long a gateway without an endpoint waits for its first. */
  readonly idleMs: number;
  /** How long requests in flight may go on when the gateway itself is told to end. */
  readonly shutdownDrainMs: number;
}

export const defaultTimings: Timings = {
  startupPollMs: 50,
  pingIntervalMs: 5_000,
  pingTimeoutMs: 2_000,
  failuresBeforeRestart: 3,
  restartDelayMs: 250,
  maxRestartDelayMs: 30_000,
  stopGraceMs: 5_000,
  scaleTickMs: 100,
  scaleSustainMs: 300,
  scaleCooldownMs: 60_000,
  idleMs: 30_000,
  shutdownDrainMs: 10_000,
};
