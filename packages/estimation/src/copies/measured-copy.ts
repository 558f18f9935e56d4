import { examineStates, type BaselineCandidate, type PreparedInputs } from '@eventmend/core/engine';

/** A state of the service of which the time is known, and that nothing speaks against. */
export interface DatedCopy {
  readonly basis: BaselineCandidate['basis'];
  readonly takenAt: number;
  readonly snapshot: NonNullable<BaselineCandidate['snapshot']>;
}

export interface MeasuredCopy extends DatedCopy {
  /** By measure of the worker, over all keys. */
  readonly sums: Readonly<Record<string, number>>;
}

/** Of the states that a recovery could begin at, those of a known time, the earliest first. */
export function datedCopies(candidates: readonly BaselineCandidate[]): readonly DatedCopy[] {
  return candidates
    .flatMap(({ snapshot, basis }): DatedCopy[] => {
      const takenAt = snapshot?.takenAt ?? null;
      return snapshot === null || takenAt === null ? [] : [{ snapshot, basis, takenAt }];
    })
    .sort((a, b) => a.takenAt - b.takenAt);
}

/** Adds the measures of each copy up; the states of one are held in memory at a time. */
export async function measureCopies(
  copies: readonly DatedCopy[],
  { situation, facts }: PreparedInputs,
  signal?: AbortSignal,
): Promise<readonly MeasuredCopy[]> {
  const measures = Object.keys(facts.worker.measures ?? {});
  const measured: MeasuredCopy[] = [];
  for (const copy of copies) {
    signal?.throwIfAborted();
    const asked = measures.map((measure) => ({ measure, value: 0, within: 0, at: copy.takenAt, of: null }));
    const { totals } = await examineStates({ ...situation, totals: asked }, copy.snapshot);
    measured.push({ ...copy, sums: Object.fromEntries(totals.map(({ total, found }) => [total.measure, found])) });
  }
  return measured;
}
