/** What a plan says will be missing: in numbers where it can be counted, and in a text, which the plan's id pins. */
export interface LossEstimate {
  /** Null where nobody knows how many there were. */
  readonly events: number | null;
  readonly description: string;
}
