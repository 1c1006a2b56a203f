export type LogLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error';

/** A place in a file of the user's repository. Lines and columns count from 1. */
export interface FilePosition {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where a step writes what a person reads. Hosts implement it; everything else only calls it. */
export interface Log {
  log(level: LogLevel, message: string, at?: FilePosition): void;
  /** Prints one line that came from code we do not trust (the user's script); the host must never obey it as a command. */
  foreign(line: string): void;
  /** Runs `body` under a foldable heading. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
}
