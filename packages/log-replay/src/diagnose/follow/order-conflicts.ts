/** One handled event as far as its place in the order matters. */
export interface OrderedHandling {
  /** Number of the handling, from 0, in the order in which the service noted them. */
  readonly turn: number;
  /** Number of the event on the canonical path. */
  readonly rank: number;
}

/** Two events that share a key, where the service handled `early` first although `late` comes first. */
interface Conflict<Handled> {
  readonly late: Handled;
  readonly early: Handled;
}

/** Conflicts explained: this event stood in the wrong place, seen from `other`. */
export interface Displacement<Handled> {
  readonly moved: Handled;
  readonly other: Handled;
  /** The two changed places. */
  readonly swapped: boolean;
}

/** A step that would put some conflicts right. */
interface Repair<Handled> extends Displacement<Handled> {
  readonly score: number;
  readonly solves: ReadonlySet<Conflict<Handled>>;
}

/**
 * Explains conflicts by as few displacements as possible: again and again by the one that puts most of what is left right.
 * Two that stand as far apart as they belong apart have changed places, which explains the conflicts of both; any other
 * event has moved alone. Greedy, so the explanation of a great disorder need not be the shortest.
 */
export function explainConflicts<Handled extends OrderedHandling>(
  conflicts: readonly Conflict<Handled>[],
): readonly Displacement<Handled>[] {
  let left = [...conflicts];
  const told: Displacement<Handled>[] = [];
  while (left.length > 0) {
    const byEvent = conflictsOfEvents(left);
    const repairs = [...swaps(left, byEvent), ...moves(byEvent)];
    const best = repairs.reduce((a, b) => (b.score > a.score ? b : a));
    left = left.filter((conflict) => !best.solves.has(conflict));
    told.push({ moved: best.moved, other: best.other, swapped: best.swapped });
  }
  return told;
}

type ConflictsByEvent<Handled> = ReadonlyMap<Handled, readonly Conflict<Handled>[]>;

function conflictsOfEvents<Handled>(conflicts: readonly Conflict<Handled>[]): ConflictsByEvent<Handled> {
  const byEvent = new Map<Handled, Conflict<Handled>[]>();
  for (const conflict of conflicts) {
    for (const one of [conflict.late, conflict.early]) {
      const list = byEvent.get(one);
      if (list === undefined) byEvent.set(one, [conflict]);
      else list.push(conflict);
    }
  }
  return byEvent;
}

/** What it costs a swap that the two do not stand exactly in each other's place, a handling. */
const misfit = 0.5;

/** Above this number of conflicts a disorder is explained by single moves alone: looking at all pairs would take too long. */
const mostForSwaps = 2000;

/** Undoing a swap solves the conflicts that both have with what was handled between them. */
function swaps<Handled extends OrderedHandling>(
  conflicts: readonly Conflict<Handled>[],
  byEvent: ConflictsByEvent<Handled>,
): readonly Repair<Handled>[] {
  if (conflicts.length > mostForSwaps) return [];
  return conflicts.map(({ late, early }): Repair<Handled> => {
    const between = (other: Handled): boolean => other.turn >= early.turn && other.turn <= late.turn;
    const solves = new Set(
      [...(byEvent.get(late) ?? []), ...(byEvent.get(early) ?? [])].filter(
        (conflict) => between(conflict.late) && between(conflict.early),
      ),
    );
    const off = Math.abs(late.turn - early.turn - (early.rank - late.rank));
    return { moved: late, other: early, swapped: true, solves, score: solves.size - misfit * off };
  });
}

/** Putting one event in its place solves all of its conflicts. Of two that solve as many, the more one-sided one moved. */
function moves<Handled extends OrderedHandling>(byEvent: ConflictsByEvent<Handled>): readonly Repair<Handled>[] {
  return [...byEvent].map(([moved, own]): Repair<Handled> => {
    const others = own.map(({ late, early }) => (late === moved ? early : late));
    const other = others.reduce((a, b) => (Math.abs(b.rank - moved.rank) > Math.abs(a.rank - moved.rank) ? b : a));
    const bias = Math.abs(own.reduce((sum, { late }) => sum + (late === moved ? 1 : -1), 0));
    return { moved, other, swapped: false, solves: new Set(own), score: own.length - 1e-3 * (1 - bias / own.length) };
  });
}

/** After so many handlings without another conflict, what hangs together is complete. */
const quietTurns = 5000;

/** Conflicts that hang together by their events. */
interface ConflictGroup<Handled> {
  readonly conflicts: Conflict<Handled>[];
  readonly members: Set<Handled>;
  /** The turn of the last one. */
  last: number;
}

/** Gathers conflicts while the service is followed, and explains those that hang together once nothing more can join them. */
export class ConflictLedger<Handled extends OrderedHandling> {
  #open: ConflictGroup<Handled>[] = [];

  add(late: Handled, early: Handled, turn: number): void {
    const touching = this.#open.filter(({ members }) => members.has(late) || members.has(early));
    const [group = { conflicts: [], members: new Set<Handled>(), last: turn }, ...others] = touching;
    if (touching.length === 0) this.#open.push(group);
    if (others.length > 0) this.#open = this.#open.filter((open) => !others.includes(open));
    for (const { conflicts, members } of others) {
      for (const conflict of conflicts) group.conflicts.push(conflict);
      for (const member of members) group.members.add(member);
    }
    // In place: an event that comes far behind others of its key conflicts with each of them.
    group.conflicts.push({ late, early });
    group.members.add(late).add(early);
    group.last = turn;
  }

  /** What is complete at this turn; everything at `Infinity`. */
  take(turn: number): readonly Displacement<Handled>[] {
    if (this.#open.length === 0) return [];
    const complete = this.#open.filter(({ last }) => turn - last > quietTurns);
    if (complete.length === 0) return [];
    this.#open = this.#open.filter(({ last }) => turn - last <= quietTurns);
    return complete.flatMap(({ conflicts }) => explainConflicts(conflicts));
  }
}
