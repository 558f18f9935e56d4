import type { HoleReason } from '../log/event-log.js';

/** What a key's value rests on before the first event of the run touched it. */
export type Basis = 'genesis' | 'proven' | 'declared' | 'unproven';

/**
 * Something that a value depends on. Causes are interned and few: a baseline part, a range of the log, a hole, a class of
 * quarantined events; never a single event.
 */
export type Cause =
  | { readonly kind: 'baseline'; readonly part: number; readonly basis: Basis }
  /** Events were applied that came from log `log` of the plan. */
  | { readonly kind: 'range'; readonly log: number; readonly source: SegmentSource }
  /** Offsets of this partition may have held events and are not there; the accounts say how many, the plan which. */
  | {
      readonly kind: 'hole';
      readonly topic: string;
      readonly partition: number;
      readonly reason: HoleReason | FilledHole;
    }
  /** Events were parked for this reason; which ones stands in the list of quarantined events. */
  | { readonly kind: 'quarantine'; readonly reason: string }
  /**
   * All of a state was set as log `log` of the plan states it. What is lost in front of that does not reach the value any more;
   * what is lost since then does, see `lossOfAnyKey`.
   */
  | { readonly kind: 'fact'; readonly log: number; readonly since: number };

/** A hole whose events others stand in for, or whose events were estimated. */
export type FilledHole = 'stood-in' | 'interpolated' | 'extrapolated';

export function isFilledHole(reason: string): reason is FilledHole {
  return reason === 'stood-in' || reason === 'interpolated' || reason === 'extrapolated';
}

/**
 * True where something that may have belonged to the value is lost: a hole, or an event that was parked. Not where the records
 * of other systems are said to have every event of a hole, and nothing contradicts that, nor where as many events as it held
 * were estimated: values then say themselves that they are.
 */
export function isLoss(cause: Cause): boolean {
  return cause.kind === 'quarantine' || (cause.kind === 'hole' && !isFilledHole(cause.reason));
}

/** True where a value may be another than it should be for what is lost: also where as many events as that were estimated. */
export function mayMissEvents(cause: Cause): boolean {
  return isLoss(cause) || (cause.kind === 'hole' && cause.reason !== 'stood-in');
}

/** True where the value rests on something else than the log: a loss, or what stands in for it. */
export function isBesideLog(cause: Cause): boolean {
  if (cause.kind === 'fact' || cause.kind === 'hole') return true;
  return isLoss(cause) || (cause.kind === 'range' && !ofLog.has(cause.source));
}

/**
 * What any key of a lane may have lost, for a value that has `own` causes: what was lost since a fact set all of it, or ever.
 * @param stretches what was lost in front of the first fact that set a state, then up to the next such fact behind a loss, and so on
 */
export function lossOfAnyKey(own: readonly Cause[], stretches: readonly (readonly Cause[])[]): readonly Cause[] {
  const since = own.reduce((last, cause) => (cause.kind === 'fact' ? Math.max(last, cause.since) : last), 0);
  return stretches.slice(since).flat();
}

const ofLog: ReadonlySet<SegmentSource> = new Set(['log', 'archive']);

export type SegmentSource = 'log' | 'archive' | 'external' | 'fact' | 'estimate';

/** The one word that sums a value's provenance up. */
export type Fidelity = 'exact' | 'declared' | 'external' | 'interpolated' | 'extrapolated' | 'incomplete' | 'unproven';

/** From the worst to the best: what is made of several parts is as good as the worst of them. */
export const fidelitiesFromWorst: readonly Fidelity[] = [
  'incomplete',
  'unproven',
  'extrapolated',
  'interpolated',
  'external',
  'declared',
  'exact',
];

/** The worst of some words; `exact` of none. */
export function worstOf(fidelities: Iterable<Fidelity>): Fidelity {
  let worst = fidelitiesFromWorst.length - 1;
  for (const fidelity of fidelities) worst = Math.min(worst, fidelitiesFromWorst.indexOf(fidelity));
  return fidelitiesFromWorst[worst]!;
}

/** What the run knows besides the causes: whether the worker itself was checked against the service. */
export interface WorkerStanding {
  readonly checked: boolean;
}

/** How far a value depends on what no check of the worker covered: not, on what the user reviewed, on what nobody did. */
export type CoverageMark = 'covered' | 'reviewed' | 'unreviewed';

/** The fidelity of a value under its mark. What is worse already stays as it is. */
export function fidelityUnder(mark: CoverageMark, fidelity: Fidelity): Fidelity {
  if (mark === 'reviewed') return worstOf([fidelity, 'declared']);
  return mark === 'covered' ? fidelity : worstOf([fidelity, 'unproven']);
}

/** True where the value rests on events that were estimated, whatever else it rests on. */
export function isEstimate(cause: Cause): boolean {
  if (cause.kind === 'range') return cause.source === 'estimate';
  return cause.kind === 'hole' && (cause.reason === 'interpolated' || cause.reason === 'extrapolated');
}

/**
 * Derives the fidelity of a value from its causes; nothing sets it directly. The worst of what they and the check of the worker
 * allow wins: an estimate on a basis that nobody proved is `unproven`, since its interval says nothing of that basis.
 */
export function fidelityOf(causes: Iterable<Cause>, worker: WorkerStanding): Fidelity {
  const words: Fidelity[] = [worker.checked ? 'exact' : 'unproven'];
  for (const cause of causes) words.push(mostOf(cause));
  return worstOf(words);
}

/** True where no value with this cause is exact. */
export function isDoubtful(cause: Cause): boolean {
  return mostOf(cause) !== 'exact';
}

/** The best that a value with this cause can be. */
function mostOf(cause: Cause): Fidelity {
  switch (cause.kind) {
    case 'hole':
      if (isLoss(cause)) return 'incomplete';
      return cause.reason === 'interpolated' || cause.reason === 'extrapolated' ? cause.reason : 'external';
    case 'quarantine':
      return 'incomplete';
    case 'baseline':
      return cause.basis === 'unproven' || cause.basis === 'declared' ? cause.basis : 'exact';
    case 'range':
      if (cause.source === 'estimate') return 'interpolated';
      return cause.source === 'external' || cause.source === 'fact' ? 'external' : 'exact';
    case 'fact':
      return 'external';
  }
}
