/**
 * How a step ends. One place, `runAction`, maps a result or an error to an ending; hosts only show it.
 *
 * - `ok`: the step did what it promised.
 * - `verdict`: the step worked and its answer is no (the gate refused, drift was found). Not a crash, never a stack trace.
 * - `user-error`: an input, a file or the user's own script is wrong; `message` says what to do.
 * - `failure`: ours, the machine's or the cloud's; `detail` (a stack) is shown in debug logs only.
 */
export type Ending =
  | { readonly kind: 'ok' }
  | { readonly kind: 'verdict'; readonly message: string }
  | { readonly kind: 'user-error'; readonly message: string }
  | { readonly kind: 'failure'; readonly message: string; readonly detail?: string };

/** The exit code of a process that ended so. A verdict has its own, so that a shell can tell "no" from "broken". */
export function exitCodeOf(ending: Ending): number {
  switch (ending.kind) {
    case 'ok':
      return 0;
    case 'verdict':
      return 2;
    case 'user-error':
    case 'failure':
      return 1;
  }
}
