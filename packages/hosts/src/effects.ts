/** What a host needs of the process it runs in. Handed in, so that every host can be tested on every machine. */
export interface HostEffects {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output at once. */
  write(text: string): void;
}

/** What the command line host needs besides. */
export interface TerminalEffects extends HostEffects {
  /** Writes to standard error at once. */
  writeError(text: string): void;
  /** Whether a person watches standard error. */
  readonly isTerminal: boolean;
}

/** The effects of this very process. A reader that went away (`| head`) is no error of ours. */
export function processEffects(): TerminalEffects {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(ignoreClosedPipe)) stream.on('error', ignoreClosedPipe);
  }
  return {
    env: { ...process.env },
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
