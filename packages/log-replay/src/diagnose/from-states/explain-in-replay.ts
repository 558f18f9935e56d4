import {
  describePartition,
  lanesOf,
  type ForcedQuarantine,
  type ReplayInputs,
  type ReplaySpec,
  type RunControl,
  type SnapshotRow,
} from '@eventmend/core';
import { comparableState } from '../../compare/comparable-state.js';
import { OrderIndependentKeys } from '../../order/order-independent-keys.js';
import { orderMayMatter } from '../../order/order-may-matter.js';
import { chooseCanonical } from '../interleaving/choose-next.js';
import { openInterleaved, type InterleavedReplay, type ReplayListener } from '../interleaving/interleaved-replay.js';
import { statesAtStart, type StartingStates } from '../interleaving/states-at-start.js';
import { callBudget } from './call-budget.js';
import { chooseSystematic } from './choose-systematic.js';
import { compareThroughCuts, followedCuts, type CutComparisons, type StateCut } from './compare-through-cuts.js';
import { eventProperties } from './event-properties.js';
import { statesBefore, type Folding } from './fold-otherwise.js';
import { EventGatherer, type GatheredEvent } from './gather-events.js';
import { sampleHealthyKeys } from './healthy-keys.js';
import { judgeSuspect } from './judge-suspect.js';
import { stretchCandidates, type Axis } from './missed-stretches.js';
import type { ExplanationLimits, StateExplanations } from './state-explanations.js';
import { groupSuspects, type RecordedState, type Stretches, type Suspect } from './suspect.js';
import { accusationsUnder, type SystematicCandidate } from './systematic-candidates.js';
import { trySystematic } from './try-systematic.js';
import { VerdictBook } from './verdict-book.js';

/** What an explanation works with once everything is open. */
export interface ExplanationRequest {
  readonly spec: ReplaySpec;
  readonly inputs: ReplayInputs;
  readonly forced: readonly ForcedQuarantine[];
  /** Rows of the states that the replay begins with; null for the beginning of the log. */
  readonly start: StartingStates | null;
  readonly startName: string | null;
  readonly cuts: readonly StateCut[];
  readonly rowsOf: (cut: StateCut) => AsyncIterable<SnapshotRow>;
  readonly limits: ExplanationLimits;
  readonly control: RunControl;
}

/**
 * Explains recorded states that differ: a replay finds the keys and since when they are wrong, a second one gathers their
 * events, and the handlings that may have been are tried with the worker. Null when it was stopped.
 */
export async function explainInReplay(request: ExplanationRequest): Promise<StateExplanations | null> {
  const { spec, inputs, cuts, limits, control } = request;
  const mustBeIndependent = orderMayMatter(spec.order, spec.locality) && spec.partitions.length > 1;
  const independent = new OrderIndependentKeys();
  // A window of recent ids connects everything.
  if (mustBeIndependent && inputs.instance.worker.deduplicate !== undefined) independent.doubt(null);
  const parkedKeys = new Set<string>();
  let parkedUnknown = 0;
  const found = await replayed(
    request,
    () => ({
      handled: ({ keys, place }) => {
        independent.connect(
          mustBeIndependent ? place : 0,
          keys.map((key) => ({ key })),
        );
      },
      parked: (keys) => {
        independent.doubt(keys);
        if (keys === null) parkedUnknown++;
        else for (const key of keys) parkedKeys.add(key);
      },
    }),
    (replay, states) => compareThroughCuts(replay, states, inputs.instance, cuts, request.rowsOf, limits.keys),
  );
  if (found === null) return null;
  const book = new VerdictBook(request.startName, cuts, found);
  const isSettled = (key: string): boolean => independent.has(key);
  const told = [...found.discrepancies.values()].filter(({ key }) => {
    if (isSettled(key)) return true;
    if (mustBeIndependent && parkedUnknown === 0 && !parkedKeys.has(key)) book.orderNotDetermined(key);
    else book.parked(key);
    return false;
  });
  if (told.length === 0) return book.close();
  const healthy = sampleHealthyKeys(
    independent.keys(),
    (key) => !found.discrepancies.has(key) && !found.beyond.has(key) && isSettled(key),
    limits.healthyKeys,
  );
  const gathered = await gatherSuspects(
    request,
    found,
    told.map(({ key }) => key),
    healthy,
    isSettled,
  );
  if (gathered === null) return null;
  await judgeAll(request, book, gathered, found);
  return control.stopRequested ? null : book.close();
}

/** So often the keys that come along in events are followed in their turn, each time in a replay of its own. */
const furtherRounds = 3;

interface Gathered {
  readonly suspects: readonly Suspect[];
  readonly healthy: readonly Suspect[];
  readonly tooMany: ReadonlySet<string>;
}

/** A further replay gathers the events; and a few more where they connect the keys with others that are right in the end. */
async function gatherSuspects(
  request: ExplanationRequest,
  found: CutComparisons,
  keys: readonly string[],
  healthy: readonly string[],
  isSettled: (key: string) => boolean,
): Promise<Gathered | null> {
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
    if (round === furtherRounds || missing === 0 || missing > limits.keys) {
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
  return replayed(
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

async function judgeAll(
  { spec, inputs, limits, control, cuts }: ExplanationRequest,
  book: VerdictBook,
  { suspects, healthy, tooMany }: Gathered,
  found: CutComparisons,
): Promise<void> {
  const lanes = lanesOf(spec);
  const folding: Folding = {
    instance: inputs.instance,
    control,
    laneOf: (place) => (lanes.length === 1 ? { lane: 0, place } : { lane: place, place: 0 }),
  };
  const testable = suspects.filter((suspect) => {
    const names = [...suspect.keys, ...suspect.outside];
    if (suspect.keys.some((key) => tooMany.has(key))) book.tooManyEvents(suspect, limits.eventsPerKey);
    else if (
      names.some((key) => found.beyond.has(key) || (found.discrepancies.get(key)?.cut ?? Infinity) < suspect.cut)
    )
      book.readsWrongKeys(suspect, cuts[suspect.cut - 1]?.id ?? null);
    else if (suspect.events.length === 0) book.noEvents(suspect);
    else return true;
    return false;
  });
  const budget = callBudget(limits.calls, null);
  // Half of the calls at the most, so that enough are left for each key alone.
  const common = callBudget(limits.calls / 2, budget);
  const candidates = [
    ...propertyCandidates(spec, [...testable, ...healthy]),
    ...(await stretchCandidates(testable, axesOf(spec), folding, common, control)),
  ];
  const findings = await trySystematic(candidates, testable, healthy, folding, common, control);
  book.systematic(findings, suspects);
  const { chosen, contested } = chooseSystematic(findings);
  const mayMove = (a: GatheredEvent, b: GatheredEvent): boolean => a.place === b.place || spec.order.by !== 'time';
  for (const suspect of testable) {
    if (control.stopRequested) return;
    const finding = chosen.get(suspect);
    const rivals = contested.get(suspect);
    if (finding !== undefined) book.explainedBy(suspect, finding);
    else if (rivals !== undefined) book.contested(suspect, rivals);
    else {
      const patterns = findings.filter(({ explained }) => explained.has(suspect));
      const judgement = await judgeSuspect(
        suspect,
        patterns.map(({ candidate }) => accusationsUnder(candidate, suspect)),
        mayMove,
        folding,
        callBudget(limits.callsPerKey, budget),
      );
      book.judged(suspect, judgement);
    }
  }
}

function propertyCandidates(spec: ReplaySpec, all: readonly Suspect[]): readonly SystematicCandidate[] {
  const events = all.flatMap((suspect) => suspect.events.slice(suspect.first, suspect.end));
  const describe = (place: number): string => {
    const id = spec.partitions[place]?.id;
    return id === undefined ? `partition ${place}` : `partition ${describePartition(id)}`;
  };
  return eventProperties(events, describe).flatMap(({ name, holds, values }) =>
    (['missed', 'twice'] as const).map((kind) => ({
      kind,
      property: name,
      holds,
      repeats: 'one-by-one' as const,
      complexity: values,
    })),
  );
}

function axesOf(spec: ReplaySpec): readonly Axis[] {
  const along: Axis = {
    name: (from, to) => `time from ${timeOf(from)} to ${timeOf(to)}`,
    at: ({ seq }) => seq,
  };
  const offsets = spec.partitions.map(({ id }, place): Axis => ({
    name: (from, to) => `${describePartition(id)} offsets ${from.event.offset} to ${to.event.offset}`,
    at: (event) => (event.place === place ? event.event.offset : null),
  }));
  return spec.partitions.length > 1 ? [along, ...offsets] : offsets;
}

function timeOf({ now }: GatheredEvent): string {
  return Number.isFinite(now) ? new Date(now).toISOString() : 'before the first timestamp';
}

/** Comparable states of keys before an event of theirs, as the right replay has them. */
function rightStates({ inputs: { instance } }: ExplanationRequest) {
  return (keys: readonly string[], events: readonly GatheredEvent[], number: number): ReadonlyMap<string, string> => {
    const states = statesBefore({ keys, events }, number);
    return new Map([...states].map(([key, state]) => [key, comparableState(instance, state, key)]));
  };
}

/** Replays from the start with a listener of its own. */
async function replayed<Result>(
  request: ExplanationRequest,
  listen: (states: ReadonlyMap<string, unknown>) => ReplayListener,
  work: (replay: InterleavedReplay, states: ReadonlyMap<string, unknown>) => Promise<Result>,
): Promise<Result> {
  const { spec, inputs, forced, start, control } = request;
  const states = await statesAtStart(start, inputs.instance.worker);
  const replay = await openInterleaved({
    spec,
    inputs,
    forced,
    states,
    choose: chooseCanonical,
    listener: listen(states),
    control,
  });
  try {
    return await work(replay, states);
  } finally {
    replay.close();
  }
}
