import { baselineRows } from '../../engine/replay/baseline-rows.js';
import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { LaneNumber } from '../../engine/store/run-store.js';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { positionFromJson } from '../../model/position/position.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { LogDescription } from '../../model/log/event-log.js';
import type { Plan, PlanSegment } from '../../model/plan/plan.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SnapshotRow, SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { withAnotherClock } from '../../worker/another-clock.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { CheckCoverage } from '../../evidence/check-coverage/check-coverage.js';
import { eventTypeNamer } from '../../evidence/check-coverage/coverage-observer.js';
import { droppedFields } from '../../evidence/check-coverage/dropped-fields.js';
import type { UncoveredFinding } from '../../evidence/check-coverage/uncovered-finding.js';
import { UncoveredTracker } from '../../evidence/check-coverage/uncovered-tracker.js';
import type { OnApplied } from '../../evidence/reference-replay/replay-lane.js';
import { comparableState, normalisedState } from '../../evidence/compare/comparable-state.js';
import type { ControlTotal } from '../../evidence/totals/control-total.js';
import { rowsOfScope } from '../../evidence/scope/rows-of-scope.js';
import { seenByBaseline } from '../../evidence/reference-replay/baseline-ages.js';
import { digestStates } from '../../evidence/reference-replay/digest-states.js';
import type { TimedOutEvent } from '../../evidence/reference-replay/forced-quarantines.js';
import { partitionsOfSpec, ranksOneByOne } from '../../evidence/reference-replay/partitions-of-spec.js';
import { trustedSnapshot, type TrustedBaseline } from './trusted-baseline.js';
import { plainReplay, type PlainReplayOutcome } from '../../evidence/reference-replay/plain-replay.js';

/** What a verification replays: the way to the baseline first, where it is not the beginning, then the run's own way. */
export interface VerificationRoute {
  readonly plan: Plan;
  readonly descriptions: readonly LogDescription[];
  /** From the beginning of the log to the baseline; null where the log does not hold it. */
  readonly approach: readonly PlanSegment[] | null;
  readonly forced: readonly TimedOutEvent[];
  /** Control totals of the run's end. */
  readonly totals: readonly ControlTotal[];
  /** What the check of the worker covered, to find what it did not; null where the worker was not checked. */
  readonly coverage: { readonly covered: CheckCoverage; readonly reviewed: readonly string[] } | null;
  /** The lanes of one task of a fleet; all where absent. */
  readonly lanes?: readonly LaneNumber[];
  /** A file with the ordered events of one task of keys, in the place of the logs. */
  readonly orderedEvents?: string;
}

export interface DerivedAgain {
  /** Digest of the states at the baseline as derived from the beginning; null where that could not be done. */
  readonly baselineDigest: string | null;
  /** Events that were parked on the way to the baseline. */
  readonly parkedBefore: number;
  /** Null where the baseline is no snapshot that the user trusts, or where there is no way to it. */
  readonly trusted: TrustedBaseline | null;
  readonly outcome: PlainReplayOutcome;
  /** Null where there was nothing to hold it against. */
  readonly uncovered: UncoveredFinding | null;
  /** The states that the run's own way began with. */
  readonly begun: ReadonlyMap<string, unknown>;
}

/** Derives the result of a run again with the plain implementation, from the root wherever the log reaches back to it. */
export async function deriveAgain(
  route: VerificationRoute,
  inputs: ReplayInputs,
  snapshots: SnapshotSource | null,
  control: RunControl,
): Promise<DerivedAgain> {
  const { plan, descriptions, approach, coverage } = route;
  const spec = specOfPlan(plan, descriptions);
  const tracker =
    coverage === null
      ? null
      : new UncoveredTracker({
          ...coverage,
          typeOf: eventTypeNamer(
            inputs.instance.worker,
            spec.partitions.filter(({ facts }) => facts !== true),
          ),
          recorder: inputs.blocks ?? null,
        });
  // Deriving it twice gives the same of a clock that is only compared with: both times it is late.
  const clocked = inputs.instance.mode === 'events' ? withAnotherClock(inputs.instance) : inputs.instance;
  const instance = tracker === null ? clocked : tracker.watch(clocked);
  if (instance.mode === 'events') instance.freezeInputs(true);
  const ranks = inputs.recorded === null ? undefined : ranksOneByOne(inputs.recorded);
  const shared = {
    instance,
    order: plan.order,
    poison: plan.poison,
    forced: route.forced,
    ...(ranks === undefined ? {} : { recordedRanks: ranks }),
    ...watched(control),
  };
  const partitions = partitionsOfLanes(spec, inputs, route.lanes);
  const scope = plan.scope === undefined ? null : new Set(plan.scope.keys);
  const limited = {
    ...shared,
    locality: plan.worker.locality,
    ...(scope === null ? {} : { scope }),
    hasSeen: seenByBaseline(spec),
    ...(tracker === null ? {} : { onApplied: tellTracker(tracker) }),
    ...(route.orderedEvents === undefined ? {} : { orderedEvents: route.orderedEvents }),
  };
  const ended = async (begun: ReadonlyMap<string, unknown>, outcome: PlainReplayOutcome) => ({
    begun,
    outcome,
    uncovered: tracker === null ? null : await tracker.finish(droppedOf(instance, outcome.states)),
  });
  const partOf = baselinePartOf(plan);
  const fromBaseline = async function* (): AsyncIterable<SnapshotRow> {
    for (const [number, part] of plan.baseline.entries()) {
      if (part.source.kind === 'genesis' || snapshots === null) continue;
      const { id } = part.source;
      const described = (await snapshots.list()).snapshots.find((snapshot) => snapshot.id === id);
      const rows = baselineRows(
        rowsOfScope(snapshots.rows(id), plan.scope),
        instance.worker,
        described?.stateVersion ?? 1,
        number,
      );
      for await (const { key, text } of rows) {
        if (partOf(key) === number) yield { key, state: JSON.parse(text) as unknown };
      }
    }
  };
  if (approach === null) {
    const begun = new Map<string, unknown>();
    for await (const { key, state } of fromBaseline()) begun.set(key, state);
    tracker?.begin();
    const outcome = await plainReplay({ ...limited, partitions, initialStates: rowsOf(begun) });
    return { baselineDigest: null, parkedBefore: 0, trusted: null, ...(await ended(begun, outcome)) };
  }
  const own = new Set(partitions.map(({ id }) => partitionKey(id)));
  const isOfTask = (id: PartitionId): boolean => route.lanes === undefined || own.has(partitionKey(id));
  const way = specOfPlan(approachOf(plan, approach), descriptions);
  const before = partitionsOfSpec(way, inputs.logs).filter(({ id }) => isOfTask(id));
  const first = await plainReplay({ ...shared, partitions: before, initialStates: [] });
  // The scope is closed over the run's own way only, so this one is about all keys, and the others are dropped behind it.
  const derived = scope === null ? first.states : new Map([...first.states].filter(([key]) => scope.has(key)));
  // The state of the order comes from this way too, so that a wrong one in the plan cannot confirm itself.
  const ends = new Map(first.positions.map((position) => [partitionKey(position), position.order] as const));
  const continued = partitions.map((partition) => ({ ...partition, ...ends.get(partitionKey(partition.id)) }));
  // What a user trusts is a root, whatever the log leads to: what was derived is held against it, and does not take its place.
  const isTrusted = trustedSnapshot(plan) !== null;
  const isNormalised = instance.worker.normalise !== undefined;
  const recorded = new Map<string, unknown>();
  if (isNormalised || isTrusted) for await (const { key, state } of fromBaseline()) recorded.set(key, state);
  // A task derives the keys of its own lanes alone.
  const compared = route.lanes === undefined ? recorded : new Map([...recorded].filter(([key]) => derived.has(key)));
  const differing = isNormalised || isTrusted ? countDiffering(instance, derived, compared) : 0;
  const inBoth = [...compared.keys()].filter((key) => derived.has(key)).length;
  // What the worker drops as volatile may differ: the run went on with the snapshot's own states, and so does this.
  const begun = isTrusted ? recorded : isNormalised && differing === 0 ? compared : derived;
  tracker?.begin();
  const outcome = await plainReplay({ ...limited, partitions: continued, initialStates: rowsOf(begun) });
  return {
    baselineDigest: digestStates(begun),
    parkedBefore: first.quarantined.length,
    trusted: isTrusted ? { differing, inBoth } : null,
    ...(await ended(begun, outcome)),
  };
}

function rowsOf(states: ReadonlyMap<string, unknown>): readonly SnapshotRow[] {
  return [...states].map(([key, state]) => ({ key, state }));
}

/** The partitions of some lanes as the plain replay reads them; all of them for a task of keys. */
function partitionsOfLanes(spec: ReplaySpec, { logs }: ReplayInputs, lanes: VerificationRoute['lanes']) {
  if (lanes === undefined) return partitionsOfSpec(spec, logs);
  const chosen = new Set(lanes);
  const partitions = lanesOf(spec).flatMap((one) => (chosen.has(one.lane) ? one.partitions : []));
  return partitionsOfSpec({ ...spec, partitions }, logs);
}

/** The part of the baseline that a key's state is from: the one that names it, else the one for all others. */
function baselinePartOf({ baseline }: Plan): (key: string) => number {
  const named = new Map<string, number>();
  for (const [number, { scope }] of baseline.entries()) {
    if (scope.kind === 'keys') for (const key of scope.keys) named.set(key, number);
  }
  const rest = baseline.findIndex(({ scope }) => scope.kind === 'all');
  return (key) => named.get(key) ?? rest;
}

function tellTracker(tracker: UncoveredTracker): OnApplied {
  return ({ event, keys, effects }, partition, { page, index, now }) =>
    tracker.applied(event, keys, effects, partition, { page, index, now });
}

/** The fields of the states that `normalise` drops, so that no check ever compared them. */
function droppedOf(
  instance: WorkerBasis,
  states: ReadonlyMap<string, unknown>,
): readonly { readonly key: string; readonly path: string }[] {
  if (instance.worker.normalise === undefined) return [];
  return [...states].flatMap(([key, state]) =>
    [...droppedFields(instance.decodeState(state), normalisedState(instance, state, key))].map((path) => ({
      key,
      path,
    })),
  );
}

/** How many keys have other states on one side than on the other, but for what is volatile. */
function countDiffering(
  instance: WorkerBasis,
  derived: ReadonlyMap<string, unknown>,
  recorded: ReadonlyMap<string, unknown>,
): number {
  const isSame = (key: string): boolean =>
    derived.has(key) &&
    recorded.has(key) &&
    comparableState(instance, derived.get(key), key) === comparableState(instance, recorded.get(key), key);
  return [...new Set([...derived.keys(), ...recorded.keys()])].filter((key) => !isSame(key)).length;
}

function approachOf({ scope: _, ...plan }: Plan, segments: readonly PlanSegment[]): Plan {
  const [part] = plan.baseline;
  const starts = positionFromJson(part?.position ?? []);
  // A partition that several logs hold, or with a gap that is declared, has several segments; the first begins it.
  const beginnings = new Map([...segments].reverse().map((segment) => [partitionKey(segment), segment.from]));
  return {
    ...plan,
    segments,
    baseline: [
      {
        scope: { kind: 'all' },
        source: { kind: 'genesis' },
        basis: 'genesis',
        evidence: '',
        position: starts.map((start) => ({
          source: start.source,
          topic: start.topic,
          incarnation: start.incarnation,
          partition: start.partition,
          next: beginnings.get(partitionKey(start)) ?? String(start.next),
        })),
      },
    ],
    target: { ...plan.target, position: part?.position ?? [] },
  };
}

/** Lets the plain replay tell how far it is, and be stopped, through the control of the thread. */
function watched(control: RunControl) {
  const abort = new AbortController();
  let told = 0;
  return {
    signal: abort.signal,
    onProgress: ({ done, quarantined }: { done: number; quarantined: number }) => {
      // The second of two replays counts from zero again.
      control.progress(done >= told ? done - told : done, quarantined);
      told = done;
      if (control.stopRequested) abort.abort();
    },
  };
}
