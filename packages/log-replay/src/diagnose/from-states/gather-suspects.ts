import { comparableState } from '@eventmend/core/engine';
import { followedCuts, type CutComparisons } from './compare-through-cuts.js';
import { isBeyondReach } from './beyond-reach.js';
import { statesBefore } from './fold-otherwise.js';
import { EventGatherer, type GatheredEvent } from './gather-events.js';
import { groupSuspects, type RecordedState, type Stretches, type Suspect } from './suspect.js';
import type { ExplanationRequest } from './explanation-request.js';
import { replayToExplain } from './replay-to-explain.js';

/** So often the keys that come along in events are followed in their turn, each time in a replay of its own. */
const furtherRounds = 3;

/** What is to be explained, with the events that it takes. */
export interface GatheredSuspects {
  readonly suspects: readonly Suspect[];
  readonly healthy: readonly Suspect[];
  readonly tooMany: ReadonlySet<string>;
}

/** A further replay gathers the events; and a few more where they connect the keys with others that are right in the end. */
export async function gatherSuspects(
  request: ExplanationRequest,
  found: CutComparisons,
  keys: readonly string[],
  healthy: readonly string[],
  isSettled: (key: string) => boolean,
): Promise<GatheredSuspects | null> {
  const { cuts, limits } = request;
  const cutOf = (key: string): number => found.discrepancies.get(key)?.cut ?? Infinity;
  const byCut = cuts.map((_, cut) => keys.filter((key) => cutOf(key) === cut));
  const recordedAt: RecordedState = (key, cut) => {
    const known = found.discrepancies.get(key);
    if (known === undefined || known.cut > cut) return undefined;
    return known.cut === cut ? known.recorded : known.later[cut - known.cut - 1];
  };
  const grouped = (cut: number, own: readonly string[], stretches: Stretches): readonly Suspect[] =>
    groupSuspects(cut, own, stretches, recordedAt, rightStates(request));
  let companions = cuts.map((): readonly string[] => []);
  for (let round = 0; ; round++) {
    const gathered = await gatherOnce(request, byCut, companions, healthy);
    if (gathered === null) return null;
    const stretchesOf = (cut: number, named: readonly string[]): Stretches => {
      const wanted = new Set(named);
      const of = (events: readonly GatheredEvent[] = []): readonly GatheredEvent[] =>
        events.filter((event) => event.keys.some((key) => wanted.has(key)));
      const { before, byCut: own } = gathered;
      return { before: of(before[cut]), own: of(own[cut]), behind: own.slice(cut + 1, cut + 1 + followedCuts).map(of) };
    };
    const suspects = byCut.flatMap((own, cut) => {
      const all = [...own, ...(companions[cut] ?? [])];
      return own.length === 0 ? [] : grouped(cut, all, stretchesOf(cut, all));
    });
    const outside = cuts.map((_, cut) => {
      const all = suspects.flatMap((suspect) => (suspect.cut === cut ? [...suspect.outside] : []));
      return [...new Set(all)].filter((key) => cutOf(key) > cut && !found.beyond.has(key) && isSettled(key));
    });
    const missing = outside.reduce((sum, list) => sum + list.length, 0);
    // Further keys only come to what cannot be explained as it is, and do not change that.
    const isOver =
      request.accused !== null && suspects.every((suspect) => isBeyondReach(suspect, gathered.tooMany, found));
    if (isOver || round === furtherRounds || missing === 0 || missing > limits.keys) {
      const wrong = new Set(keys);
      const unitsAt = (cut: number): readonly Suspect[] =>
        healthy.flatMap((key) => grouped(cut, [key], { ...stretchesOf(cut, [key]), before: [], behind: [] }));
      return {
        suspects: suspects.filter((suspect) => suspect.keys.some((key) => wrong.has(key))),
        healthy: byCut
          .flatMap((own, cut) => (own.length === 0 ? [] : unitsAt(cut)))
          .map((unit) => ({ ...unit, checks: unit.checks.slice(0, 1) }))
          .filter(({ outside: others }) => {
            return ![...others].some((key) => found.discrepancies.has(key) || found.beyond.has(key));
          }),
        tooMany: gathered.tooMany,
      };
    }
    companions = companions.map((known, cut) => [...known, ...(outside[cut] ?? [])]);
  }
}

async function gatherOnce(
  request: ExplanationRequest,
  byCut: readonly (readonly string[])[],
  companions: readonly (readonly string[])[],
  healthy: readonly string[],
) {
  const { cuts, limits } = request;
  const last = byCut.findLastIndex((keys) => keys.length > 0);
  let gatherer: EventGatherer | null = null;
  return replayToExplain(
    request,
    (states) => (gatherer = new EventGatherer(states, limits.eventsPerKey, limits.events)),
    async (replay) => {
      const all: (readonly GatheredEvent[])[] = [];
      const before: (readonly GatheredEvent[])[] = [];
      let tooMany: ReadonlySet<string> = new Set();
      for (const [number, cut] of cuts.slice(0, last + 1 + followedCuts).entries()) {
        const meant = (at: number): readonly string[] => [...(byCut[at] ?? []), ...(companions[at] ?? [])];
        const later = byCut.flatMap((_, at) => (at > number ? meant(at) : []));
        before.push(gatherer?.takeHistory(meant(number)) ?? []);
        const since = byCut.flatMap((_, at) => (at <= number && at >= number - followedCuts ? meant(at) : []));
        gatherer?.want(new Set([...since, ...((byCut[number] ?? []).length === 0 ? [] : healthy)]), new Set(later));
        if (!(await replay.runUntil(cut.ends))) return null;
        const taken = gatherer?.take();
        all.push(taken?.events ?? []);
        tooMany = taken?.tooMany ?? tooMany;
      }
      return { byCut: all, before, tooMany };
    },
  );
}

/** Comparable states of keys before an event of theirs, as the right replay has them. */
function rightStates({ inputs: { instance } }: ExplanationRequest) {
  return (keys: readonly string[], events: readonly GatheredEvent[], number: number): ReadonlyMap<string, string> => {
    const states = statesBefore({ keys, events }, number);
    return new Map([...states].map(([key, state]) => [key, comparableState(instance, state, key)]));
  };
}
