import { setImmediate } from 'node:timers/promises';
import { isWorkerError, type PartitionId, type PoisonPolicy, type RecoveryError } from '@eventmend/core';
import {
  createRecentIds,
  evaluateOne,
  freezeDeeply,
  partitionKey,
  type Evaluation,
  type HandlerEffects,
  type OpenWorker,
  type PartitionWalk,
  type WalkedEvent,
} from '@eventmend/core/engine';
import { compareDrawn, type DrawnEvent } from './draw-path.js';
import type { EnsembleWatch } from './gap-watch.js';
import type { MeasureFollower } from './follow-measures.js';
import type { LocatedGap } from './locate-gaps.js';
import type { MemberStates } from './member-states.js';
import { syntheticEvent } from './synthetic-event.js';

/** A gap and what every member has in it. */
export interface FilledGap {
  readonly gap: LocatedGap;
  /** By member, in the order of their times. */
  readonly paths: readonly (readonly DrawnEvent<WalkedEvent>[])[];
}

export interface EnsembleRun {
  readonly walks: readonly PartitionWalk[];
  readonly worker: OpenWorker;
  readonly poison: PoisonPolicy;
  readonly gaps: readonly FilledGap[];
  readonly seed: number;
  /** Looks at the states at some moments: behind all that happened before, in front of what comes then. */
  readonly follower: Pick<MeasureFollower, 'next' | 'look'>;
}

export interface EnsembleCounts {
  /** Known events, each counted once whatever the number of members. */
  known: number;
  /** Events that were drawn, and those of them that the worker could not handle, over all members. */
  drawn: number;
  failed: number;
  /** Known events that the worker could handle in some members and not in others; nothing came of them there. */
  failedInSome: number;
}

const sampleAtFirst = 100;
const sampleEvery = 100;

/**
 * Carries all members through the known events, in their order, and each one through what was drawn for it, at the times drawn for
 * it: behind the event in front of its gap, before the one behind it. A known event that finds the same states in several members is
 * handled once for all of them.
 * @returns null when it was stopped
 * @throws RecoveryError what the worker throws for a known event in every member under the policy `stop`
 */
export async function runEnsemble(
  { walks, worker, poison, gaps, seed, follower }: EnsembleRun,
  states: MemberStates,
  { enter, control }: EnsembleWatch,
): Promise<EnsembleCounts | null> {
  const counts: EnsembleCounts = { known: 0, drawn: 0, failed: 0, failedInSome: 0 };
  const deduplicate = worker.worker.deduplicate;
  const recentIds = deduplicate === undefined ? null : createRecentIds(deduplicate.window);
  const context = {
    recentIds: null,
    scope: null,
    hasSeen: null,
    claimKeys: () => undefined,
    quarantinedKeys: new Set<string>(),
  };
  const pending = gaps.map((filled) => new PendingGap(filled));

  const applyDrawn = async (limitOf: (gap: PendingGap) => number): Promise<void> => {
    const due = pending.filter((gap) => gap.nextTime <= limitOf(gap));
    if (due.length === 0) return;
    for (let member = 0; member < states.size; member++) {
      const source = `estimate:${seed}/${member}`;
      for (const { gap, drawn, place } of takeInOrder(due, member, limitOf)) {
        const { from } = gap.offsets;
        freezeValue(drawn.event, worker);
        const made = syntheticEvent(drawn.event, gap.offsets, source, from + place, drawn.time);
        const view = states.view(member);
        enter(gap.offsets, from + place);
        const evaluation = await evaluateOne(made.event, made.partition, worker, { ...context, states: view });
        counts.drawn++;
        if (evaluation.kind === 'applied') writeAll(states, [member], evaluation);
        else counts.failed++;
      }
    }
    for (const gap of due) gap.findNext();
  };

  /** What was drawn is applied in the order of its times, however often that is stopped for a look. */
  const lookUntil = async (time: number, limitOf: (gap: PendingGap) => number): Promise<void> => {
    while (Number.isFinite(time) && follower.next <= time) {
      await applyDrawn((gap) => Math.min(limitOf(gap), follower.next));
      follower.look();
    }
  };

  const applyKnown = async (event: WalkedEvent, partition: PartitionId): Promise<void> => {
    // Whether a handler writes to what it is given, and code that is not strict swallows it, a sample shows.
    const isLookedAt = counts.known < sampleAtFirst || counts.known % sampleEvery === 0;
    if (worker.mode === 'events') worker.freezeInputs(isLookedAt);
    freezeValue(event, worker);
    counts.known++;
    const first = await evaluateOne(event, partition, worker, { ...context, recentIds, states: states.view(0) });
    if (first.kind === 'duplicate') return;
    const keys = first.kind === 'applied' ? first.keys : first.kind === 'failed' ? (first.keys ?? []) : [];
    const groups = states.groupsOf(keys);
    if (first.kind === 'applied') recentIds?.add(first.id);
    let failure: RecoveryError | null = null;
    let handled = 0;
    for (const members of groups) {
      const outcome = members === groups[0] ? first : await handleAgain(first, event, partition, members[0]!);
      if (outcome.kind === 'applied') {
        writeAll(states, members, outcome);
        handled += members.length;
      } else if (outcome.kind === 'failed') failure ??= outcome.error;
    }
    if (failure === null) return;
    if (handled > 0) counts.failedInSome++;
    else if (poison === 'stop') throw failure;
  };

  /** The event is made, and its keys are asked for, once for all members. */
  const handleAgain = async (
    first: Evaluation,
    walked: WalkedEvent,
    partition: PartitionId,
    member: number,
  ): Promise<Outcome> => {
    const view = states.view(member);
    if (first.kind !== 'applied') return evaluateOne(walked, partition, worker, { ...context, states: view });
    try {
      const returned = worker.invoke(first.event, first.keys, walked.now, view);
      return { kind: 'applied', effects: returned instanceof Promise ? await returned : returned };
    } catch (error) {
      if (!isWorkerError(error)) throw error;
      return { kind: 'failed', error };
    }
  };

  const walksByName = new Map(walks.map((walk) => [partitionKey(walk.partition.id), walk]));
  let told = 0;
  for (let walk = nextWalk(walks); walk !== null; walk = nextWalk(walks)) {
    const event = walk.current!;
    const { id } = walk.partition;
    const name = partitionKey(id);
    const limitOf = ({ filled: { gap } }: PendingGap): number => {
      const head = walksByName.get(gap.partition)?.current ?? null;
      if (head !== null && head.offset < gap.offsets.to) return -Infinity;
      return gap.partition === name ? Infinity : event.now;
    };
    await lookUntil(event.now, limitOf);
    await applyDrawn(limitOf);
    if (enter(id, event.offset)) return null;
    await applyKnown(event, id);
    control.idle();
    const reading = walk.advance();
    if (reading !== undefined) await reading;
    if (counts.known % 256 !== 0) continue;
    control.progress(counts.known - told, 0);
    told = counts.known;
    await setImmediate();
  }
  await lookUntil(
    gaps.reduce((last, { gap }) => Math.max(last, gap.to), -Infinity),
    () => Infinity,
  );
  await applyDrawn(() => Infinity);
  control.idle();
  await control.settle();
  return counts;
}

/** What came of an event in some members. */
type Outcome =
  | { readonly kind: 'applied'; readonly effects: HandlerEffects }
  | { readonly kind: 'failed'; readonly error: RecoveryError }
  | { readonly kind: Exclude<Evaluation['kind'], 'applied' | 'failed'> };

/** Several members are given the same value. A worker that decodes values itself makes a new one each time. */
function freezeValue({ page, index }: WalkedEvent, { worker }: OpenWorker): void {
  if (worker.decode === undefined) freezeDeeply(page.values[index]);
}

/** Effects may be used again by the next call of the worker: what is kept of them is kept now. */
function writeAll(
  states: MemberStates,
  members: readonly number[],
  { effects }: Extract<Outcome, { kind: 'applied' }>,
): void {
  for (const { key, state } of effects.writes) states.write(members, key, state);
}

/** The one with the smallest head, the first of equal ones. */
function nextWalk(walks: readonly PartitionWalk[]): PartitionWalk | null {
  let next: PartitionWalk | null = null;
  for (const walk of walks) {
    if (walk.current !== null && (next === null || walk.current.effective < next.current!.effective)) next = walk;
  }
  return next;
}

/** How far each member has gone in what was drawn for it. */
class PendingGap {
  readonly filled: FilledGap;
  readonly places: Uint32Array;
  /** The earliest that is left in any member; Infinity for none. */
  nextTime = Infinity;

  constructor(filled: FilledGap) {
    this.filled = filled;
    this.places = new Uint32Array(filled.paths.length);
    this.findNext();
  }

  findNext(): void {
    this.nextTime = Infinity;
    this.filled.paths.forEach((path, member) => {
      const time = path[this.places[member]!]?.time ?? Infinity;
      if (time < this.nextTime) this.nextTime = time;
    });
  }
}

/** What is due of a member, from all gaps in the order of the times. */
function* takeInOrder(
  due: readonly PendingGap[],
  member: number,
  limitOf: (gap: PendingGap) => number,
): Iterable<{ readonly gap: LocatedGap; readonly drawn: DrawnEvent<WalkedEvent>; readonly place: number }> {
  for (;;) {
    let earliest: PendingGap | null = null;
    let drawn: DrawnEvent<WalkedEvent> | null = null;
    for (const gap of due) {
      const next = gap.filled.paths[member]![gap.places[member]!];
      if (next === undefined || next.time > limitOf(gap)) continue;
      if (drawn === null || compareDrawn(next, drawn) < 0) [earliest, drawn] = [gap, next];
    }
    if (earliest === null || drawn === null) return;
    yield { gap: earliest.filled.gap, drawn, place: earliest.places[member]!++ };
  }
}
