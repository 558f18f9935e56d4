/** What a replay is like that may read ahead. */
export interface ReplayShape {
  /** Offsets that are still to be handled. */
  readonly offsets: number;
  /** Threads that handle events; each would get another that reads. */
  readonly threads: number;
  /** Cores that nobody uses, those threads counted as users. */
  readonly spareCores: number;
}

/** Below so many offsets a thread, starting one that reads costs more than it brings. */
const leastOffsets = 200_000;

/** Whether threads that read ahead make a replay faster: on cores that are in use already they would make it slower. */
export function paysToReadAhead({ offsets, threads, spareCores }: ReplayShape): boolean {
  return offsets >= leastOffsets * threads && spareCores >= threads;
}
