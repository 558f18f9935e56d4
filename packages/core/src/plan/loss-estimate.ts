/** What will be missing, in words and, where it can be counted, in numbers. */
export interface LossEstimate {
  readonly events: number;
  readonly description: string;
}
