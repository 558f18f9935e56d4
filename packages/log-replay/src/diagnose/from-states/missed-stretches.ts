import type { RunControl } from '@eventmend/core/engine';
import type { CallBudget } from './call-budget.js';
import { foldOtherwise, type Folding } from './fold-otherwise.js';
import type { GatheredEvent } from './gather-events.js';
import type { Suspect } from './suspect.js';
import { handlingUnder, type SystematicCandidate } from './systematic-candidates.js';

/** A way along which stretches are looked for: the order of the replay, or the offsets of one partition. */
export interface Axis {
  readonly name: (from: GatheredEvent, to: GatheredEvent) => string;
  /** The place of an event on it; null for one that is not on it. */
  readonly at: (event: GatheredEvent) => number | null;
}

/** A stretch begins within (after, from] and ends within [to, before) where it takes just these events of a key. */
interface Bounds {
  readonly after: number;
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly first: GatheredEvent;
  readonly last: GatheredEvent;
}

/** Keys with more events are not asked where a stretch may lie; they still have to agree with one. */
const askedUpTo = 40;
/** So many keys are asked at the most. */
const askedKeys = 24;
/** So many of them begin a search for what all have in common. */
const pivots = 3;
const maxStretches = 20;

/**
 * Finds contiguous stretches of events that may have been missed, or handled a second time as a whole. Each key that has
 * few events tells between which bounds a stretch explains it; what the bounds of many keys have in common is a candidate.
 */
export async function stretchCandidates(
  suspects: readonly Suspect[],
  axes: readonly Axis[],
  folding: Folding,
  budget: CallBudget,
  control: RunControl,
): Promise<readonly SystematicCandidate[]> {
  const candidates: SystematicCandidate[] = [];
  const lengthOf = ({ first, end }: Suspect): number => end - first;
  const asked = suspects
    .filter((suspect) => lengthOf(suspect) > 0 && lengthOf(suspect) <= askedUpTo)
    .sort((a, b) => lengthOf(a) - lengthOf(b))
    .slice(0, askedKeys);
  for (const kind of ['missed', 'twice'] as const) {
    for (const axis of axes) {
      const bounds: (readonly Bounds[])[] = [];
      for (const suspect of asked) {
        if (control.stopRequested) return candidates;
        const found = await boundsOf(suspect, kind, axis, folding, budget);
        if (found.length > 0) bounds.push(found);
      }
      for (const { first, last } of commonBounds(bounds).slice(0, maxStretches)) {
        candidates.push(candidateOf(kind, axis, first, last));
      }
    }
  }
  return candidates;
}

function candidateOf(kind: 'missed' | 'twice', axis: Axis, first: GatheredEvent, last: GatheredEvent) {
  const from = axis.at(first) ?? 0;
  const to = axis.at(last) ?? 0;
  return {
    kind,
    property: axis.name(first, last),
    holds: (event: GatheredEvent) => {
      const at = axis.at(event);
      return at !== null && at >= from && at <= to;
    },
    repeats: 'stretch' as const,
    complexity: 1000,
  };
}

async function boundsOf(
  suspect: Suspect,
  kind: 'missed' | 'twice',
  axis: Axis,
  folding: Folding,
  budget: CallBudget,
): Promise<readonly Bounds[]> {
  const on = suspect.events.slice(suspect.first, suspect.end).filter((event) => axis.at(event) !== null);
  const at = (number: number, otherwise: number): number => {
    const event = on[number];
    return event === undefined ? otherwise : (axis.at(event) ?? otherwise);
  };
  const found: Bounds[] = [];
  for (const [from, first] of on.entries()) {
    for (const [behind, last] of on.slice(from).entries()) {
      const handling = handlingUnder(candidateOf(kind, axis, first, last), suspect);
      if (handling === null) continue;
      if (typeof (await foldOtherwise(suspect, handling, folding, budget)) !== 'number') continue;
      const to = from + behind;
      found.push({
        after: at(from - 1, -Infinity),
        from: at(from, 0),
        to: at(to, 0),
        before: at(to + 1, Infinity),
        first,
        last,
      });
    }
  }
  return found;
}

/** The tightest bounds that the most keys agree with, for each way in which one of the first keys can be explained. */
function commonBounds(all: readonly (readonly Bounds[])[]): readonly Bounds[] {
  const common = all.slice(0, pivots).flatMap((own, number) =>
    own.map((start) => {
      let agreed = start;
      let keys = 1;
      all.forEach((others, other) => {
        if (other === number) return;
        const fitting = others.map((bounds) => intersection(agreed, bounds)).find((bounds) => bounds !== null);
        if (fitting === undefined) return;
        agreed = fitting;
        keys++;
      });
      return { agreed, keys };
    }),
  );
  return common.sort((a, b) => b.keys - a.keys).map(({ agreed }) => agreed);
}

function intersection(a: Bounds, b: Bounds): Bounds | null {
  const after = Math.max(a.after, b.after);
  const before = Math.min(a.before, b.before);
  const from = Math.min(a.from, b.from);
  const to = Math.max(a.to, b.to);
  if (from <= after || to >= before) return null;
  return { after, from, to, before, first: a.from <= b.from ? a.first : b.first, last: a.to >= b.to ? a.last : b.last };
}
