import type { LiveErrorRate } from '../../model/plan/plan.js';
import type { StandInTrial } from '../../model/plan/plan-records.js';
import { keysPerEvent } from './keys-per-event.js';

/** What is known of one key that lost events may have named. */
export interface KeyExposure {
  /** Events that the run applied and that name the key. */
  readonly events: number;
  /** Of these: events that the service handled since the error began. */
  readonly eventsSinceOnset: number;
  /** Rows of other systems that stand in for its events. */
  readonly standIns?: number;
}

/** What is known of all keys together. */
export interface LostEvents {
  /** Events that nothing stands in for: so many at most. */
  readonly lost: number;
  /** Events of all keys, each as often as it names one; and the number of keys. */
  readonly keyEvents: number;
  readonly keys: number;
  /** Keys that an event names, on average. */
  readonly keysPerEvent: number;
  /** How often an event leaves the live value of a key wrong; null where nothing shows it. */
  readonly liveErrorPerEvent: number | null;
  /** How often a row that stands in leaves a key wrong, see `errorPerStandIn`; null, or absent, where nothing shows it. */
  readonly errorPerStandIn?: number | null;
}

/** How likely each of the two values of a key is wrong. */
export interface ExpectedErrors {
  readonly rebuilt: number;
  /** Null where nothing shows how often the service was wrong. */
  readonly live: number | null;
}

/**
 * How likely a rebuilt state lacks a lost event, and how likely the live one holds a wrong result. Lost events are taken to
 * fall on the keys as the known ones do (half an event is added to every key: the rule of Jeffreys and Perks), independently
 * of each other, and one is enough to make a value wrong. A key that rows stand in for is wrong at least as often as such keys
 * were where the events are known: there rows were missing too, so the two are not added.
 */
export function expectedErrors(
  { events, eventsSinceOnset, standIns = 0 }: KeyExposure,
  all: LostEvents,
): ExpectedErrors {
  const share = (events + 0.5) / (all.keyEvents + 0.5 * Math.max(1, all.keys));
  const lostOfKey = all.lost * all.keysPerEvent * share;
  const ofRows = 1 - (1 - (all.errorPerStandIn ?? 0)) ** standIns;
  const rebuilt = Math.max(1 - Math.exp(-lostOfKey), ofRows);
  if (all.liveErrorPerEvent === null) return { rebuilt, live: null };
  const handled = eventsSinceOnset + lostOfKey;
  return { rebuilt, live: 1 - (1 - all.liveErrorPerEvent) ** handled };
}

/** How often one event leaves one of its keys wrong; one more than was seen: that none was seen does not show that none is. */
export function errorPerKeyEvent(
  { wrongKeys, events }: LiveErrorRate,
  counts: Parameters<typeof keysPerEvent>[0],
): number {
  return Math.min(1, (wrongKeys + 1) / (events * keysPerEvent(counts) + 2));
}

/** A handful shows nothing. */
const namingsToMeasure = 100;

/**
 * How often a row that stands in leaves a key wrong, as often as it was seen and no oftener: rows that left none wrong are no reason to
 * take a live state of which nothing is known. Null where too little was seen.
 */
export function errorPerStandIn(trial: StandInTrial | null): number | null {
  if (trial === null || trial.namings < namingsToMeasure) return null;
  return (trial.keys - trial.right) / trial.namings;
}

/** A rebuilt value is taken for whole up to this. */
const almostCertain = 0.05;

/**
 * Which of the two is more likely right. Where nothing shows how wrong the live state is, it stays, unless the rebuilt one
 * almost certainly lacks nothing: a recovery must not be worse than doing nothing.
 * @param isLiveWrong see `differMoreThanLost`: then the rebuilt one is taken if it is more likely right than not
 */
export function betterCandidate({ rebuilt, live }: ExpectedErrors, isLiveWrong = false): 'rebuilt' | 'live' {
  return (live ?? (isLiveWrong ? 0.5 : almostCertain)) < rebuilt ? 'live' : 'rebuilt';
}

/**
 * Whether the two values of so many keys differ that lost events explain fewer than half of it. Of two values that differ one is wrong at least, and
 * a rebuilt one is wrong only if it lacks an event: so most of the live ones are wrong, however often the service was. Lost events are given two standard deviations more keys than there are.
 * @param lost keys that lack an event, at most
 */
export function differMoreThanLost(differing: number, lost: number): boolean {
  return differing > 2 * (lost + 2 * Math.sqrt(lost) + 1);
}
