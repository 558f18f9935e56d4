/** How many more calls of the worker may be spent. */
export interface CallBudget {
  /** False where nothing is left. */
  take(): boolean;
  readonly left: number;
}

/** A budget of its own that also draws on a shared one. */
export function callBudget(calls: number, shared: CallBudget | null): CallBudget {
  let left = calls;
  return {
    take() {
      if (left <= 0 || shared?.take() === false) return false;
      left--;
      return true;
    },
    get left() {
      return Math.min(left, shared?.left ?? left);
    },
  };
}
