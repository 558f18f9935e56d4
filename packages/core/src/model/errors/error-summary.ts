/** An error as data: its message is for people and for logs. */
export interface ErrorSummary {
  readonly code: string;
  readonly message: string;
}
