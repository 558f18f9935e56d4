/** What the guard is asked: to start a program. `log` is the file that takes what the program prints. */
export interface StartMessage {
  readonly id: number;
  readonly program: string;
  readonly args: readonly string[];
  readonly log: string;
}

/** What the guard tells of a program. */
export type GuardMessage =
  | { readonly id: number; readonly kind: 'started'; readonly pid: number }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string }
  | { readonly id: number; readonly kind: 'ended'; readonly code: number | null; readonly signal: string | null };
