import type { Fidelity } from '../../model/provenance/provenance.js';
import type { ComparedRecovery, StatesAgainst } from './comparison.js';

/** Values of which it is known whether they are right. */
export interface RightAndWrong {
  readonly of: number;
  readonly wrong: number;
}

/** How wrong one recovery is against the truth; null where it has no such values, or nothing to hold them against. */
export interface RecoveryScore {
  /** Keys of the truth and of the run together; a missing key is wrong. */
  readonly keys: RightAndWrong | null;
  /** Of those: the ones that are called exact. A wrong one here is the worst that there is. */
  readonly exact: RightAndWrong | null;
  /** Outputs of the events that the run went over; null where the worker sends none. */
  readonly outputs: RightAndWrong | null;
  /** Intervals that were given, and those that do not hold the truth; null where none was given. */
  readonly intervals: RightAndWrong | null;
  /**
   * The largest share by which the sum of a measure of the worker is off what it should be, 0 for none; null where the worker
   * measures nothing, or it should be 0.
   */
  readonly offInSum: number | null;
}

/** Scores a recovery that was held against the truth. */
export function scoreRecovery({
  states,
  fidelity,
  outputs,
  measures,
}: Pick<ComparedRecovery, 'states' | 'fidelity' | 'outputs' | 'measures'>): RecoveryScore {
  const intervals = measures.flatMap(({ interval }) => (interval?.holds == null ? [] : [interval.holds]));
  const off = measures.flatMap(({ off, reference }) => (off === null || !reference ? [] : [Math.abs(off / reference)]));
  return {
    offInSum: off.length === 0 ? null : Math.max(...off),
    keys: statesScore(states),
    exact: states === null ? null : calledExact(states, fidelity ?? {}),
    outputs: outputs === null ? null : outputsScore(outputs),
    intervals:
      intervals.length === 0 ? null : { of: intervals.length, wrong: intervals.filter((holds) => !holds).length },
  };
}

/** Of the live state, where it is known that the service came to its events in the order of the replay: no other one excuses it. */
export function scoreLive(states: StatesAgainst | null): RightAndWrong | null {
  const score = statesScore(states);
  const excused = states?.undetermined ?? 0;
  return score === null ? null : { of: score.of + excused, wrong: score.wrong + excused };
}

function statesScore(states: StatesAgainst | null): RightAndWrong | null {
  if (states === null) return null;
  const { same, differing, missing, surplus } = states;
  const wrong = differing + missing + surplus;
  return { of: same + wrong, wrong };
}

/** A key of which it is called exact that there is none counts too. */
function calledExact({ wrongAs }: StatesAgainst, fidelity: Readonly<Partial<Record<Fidelity, number>>>): RightAndWrong {
  const wrong = wrongAs.exact ?? 0;
  return { of: Math.max(fidelity.exact ?? 0, wrong), wrong };
}

/** Outputs of events that stand in for lost ones are held against none: those of the lost ones count as missing already. */
function outputsScore({ same, differing, missing, surplus }: NonNullable<ComparedRecovery['outputs']>): RightAndWrong {
  const wrong = differing + missing + surplus;
  return { of: same + wrong, wrong };
}
