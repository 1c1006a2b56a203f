/** Collects text and writes it in the background, so that nobody waits for a disk. */
export interface BufferedAppender {
  /** False when too much is waiting already: the text is dropped. */
  add(text: string): boolean;
  /** Writes what is waiting; resolves when it is written or was refused. */
  flush(): Promise<void>;
}

export interface AppenderOptions {
  readonly write: (text: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly delayMs: number;
  readonly maxWaitingCharacters: number;
}

export function bufferedAppender({ write, onError, delayMs, maxWaitingCharacters }: AppenderOptions): BufferedAppender {
  let waiting: string[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const writeWaiting = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    characters = 0;
    await write(text).catch(onError);
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeWaiting);
    return writing;
  };
  return {
    add: (text) => {
      if (characters + text.length > maxWaitingCharacters) return false;
      waiting.push(text);
      characters += text.length;
      timer ??= setTimeout(() => void flush(), delayMs).unref();
      return true;
    },
    flush,
  };
}
