import { Draw } from '../../../core/test/provenance/draw.js';
import {
  stepMs,
  type Design,
  type FactsDesign,
  type RecordsDesign,
  type Slack,
  type Slot,
  type SnapshotDesign,
} from './tiny-incident.js';
import { typesOfOneKey, typesOfTwoKeys, type TinyType, type TinyValue } from './tiny-worker.js';

const slacks = [0, 0, 0, 0, 100, 100, 100, 600, 1500, 4000];

/** An incident of a few events of which some are lost, out of the whole range of what a user may declare. */
export function drawDesign(seed: number): Design {
  const draw = new Draw(seed);
  const partitions = 1 + draw.below(2);
  const locality = draw.chance(0.5) ? 'partition' : 'global';
  const many = draw.chance(0.6);
  const failing = draw.chance(0.15);
  const withIds = draw.chance(0.6);
  const counts = draw.chance(0.4);
  const types: readonly TinyType[] = [...typesOfOneKey, ...(many ? typesOfTwoKeys : [])].filter(
    (type) => failing || type !== 'boom',
  );
  // Few types, so that a check covers most of them.
  const usual = Array.from({ length: 1 + draw.below(3) }, () => draw.pick(types.filter((type) => type !== 'boom')));
  const names = Array.from({ length: partitions }, (_, partition) =>
    Array.from({ length: 1 + draw.below(3) }, (__, n) => (locality === 'partition' ? `p${partition}k${n}` : `k${n}`)),
  );
  // Mostly there is a healthy beginning behind which a check can tell of the worker, and something is lost later.
  const calm = draw.chance(0.75) ? 2 + draw.below(3) : 0;
  const count = calm + 2 + draw.below(calm > 0 ? 5 : 7);
  // Where nothing is lost there is nothing to find; a stretch, a tail, or a partition.
  const loss = draw.pick(['stretch', 'stretch', 'tail', 'head', 'partition', 'single'] as const);
  const losing = draw.below(partitions);
  const from = calm + draw.below(count - calm);
  const to = from + 1 + draw.below(3);
  const odd = draw.chance(0.25);
  const clock = draw.pick(['own', 'own', 'own', 'own', 'own', 'tied', 'falling'] as const);
  const wasLost = new Set<number>();
  const slots = Array.from({ length: count }, (_, index): Slot => {
    const partition = draw.below(partitions);
    const own = names[partition] as readonly string[];
    const type =
      index < calm
        ? (usual[index % usual.length] ?? 'add')
        : odd && draw.chance(0.2)
          ? draw.pick(types)
          : draw.pick(usual);
    const a = draw.pick(own);
    const others = own.filter((key) => key !== a);
    const isPair = (typesOfTwoKeys as readonly string[]).includes(type);
    const value: TinyValue = {
      ...{ type: isPair && others.length === 0 ? ('add' as const) : type, a },
      ...(isPair && others.length > 0 && { b: draw.pick(others) }),
      n: 1 + draw.below(draw.chance(0.3) ? 1 : 6),
      ...(withIds && { id: `e${index}` }),
    };
    const isLost =
      loss === 'single'
        ? index === from
        : loss === 'stretch'
          ? index >= from && index < to && (partition === losing || draw.chance(0.2))
          : partition === losing && index >= (loss === 'tail' ? from : calm) && (loss !== 'head' || index < to);
    // What falls behind a lost event falls by nobody knows how much: then nobody can tell its place.
    const fallsBehindLoss = clock === 'falling' && (isLost || wasLost.has(partition));
    const isOdd = index > 0 && draw.chance(0.35) && !fallsBehindLoss;
    if (isLost) wasLost.add(partition);
    else wasLost.delete(partition);
    return {
      ...{ partition, value, time: isOdd ? clock : ('own' as const) },
      fate: !isLost ? 'kept' : odd ? draw.pick(['missing', 'damaged', 'empty'] as const) : 'missing',
      inTruth: draw.chance(0.5) ? 'handled' : 'skipped',
    };
  });
  const onsetAt = calm > 0 ? calm + draw.below(count - calm + 1) : draw.chance(0.8) ? 1 + draw.below(count + 1) : null;
  let hasTrusted = false;
  const snapshots = Array.from({ length: draw.below(3) + (calm > 0 ? 1 : 0) }, (_, number): SnapshotDesign => {
    const isFirst = number === 0 && calm > 0;
    const at = isFirst ? calm : draw.chance(0.6) && onsetAt !== null ? draw.below(onsetAt + 1) : draw.below(count + 1);
    const wrong = draw.chance(isFirst ? 0.95 : 0.75) ? 'no' : draw.pick(['bumped', 'lacks', 'extra'] as const);
    const trusted = !hasTrusted && wrong === 'no' && onsetAt !== null && at <= onsetAt && draw.chance(0.4);
    if (trusted) hasTrusted = true;
    return { at, wrong, trusted, placed: clock === 'falling' || draw.chance(0.85) };
  });
  const keys = [...new Set(names.flat())];
  const isFactual = draw.chance(0.25);
  return {
    ...{ seed, partitions, slots, snapshots, onsetAt },
    shape: { locality, initial: draw.chance(0.6), counts },
    records: !isFactual && draw.chance(0.9) ? drawRecords(draw, slots, withIds) : null,
    facts:
      isFactual || draw.chance(0.3)
        ? drawFacts(draw, count, keys, isFactual ? 3 + draw.below(7) : 1 + draw.below(4))
        : null,
    totals: draw.chance(0.15),
    live: draw.chance(0.3),
    retention: draw.chance(0.5),
    target: draw.chance(0.75) ? 'end' : draw.pick(['time', 'time', 'event', 'offsets'] as const),
    batchEvents: draw.pick([1, 2, 5, 1000]),
  };
}

function drawSlack(draw: Draw): Slack {
  return draw.chance(0.5)
    ? { earlier: 0, later: draw.pick(slacks) }
    : { earlier: draw.pick(slacks), later: draw.pick(slacks) };
}

const lateWithin = (draw: Draw, { earlier, later }: Slack): number =>
  draw.chance(0.3) ? draw.pick([-earlier, later]) : draw.below(earlier + later + 1) - earlier;

function drawRecords(draw: Draw, slots: readonly Slot[], withIds: boolean): RecordsDesign {
  const within = drawSlack(draw);
  const seen = [...new Set(slots.map(({ value }) => value.type))];
  const types = draw.chance(0.75) ? null : seen.filter(() => draw.chance(0.8));
  const has = types ?? seen;
  const completeFor = draw.chance(0.85) ? [...has] : has.filter(() => draw.chance(0.5));
  const speaks = { from: draw.chance(0.8) ? -2 : null, until: draw.chance(0.8) ? slots.length + 8 : null };
  const bounds = draw.chance(0.15) ? { from: draw.below(slots.length), until: null } : speaks;
  return {
    ...{ withId: withIds && draw.chance(0.7), withAmount: draw.chance(0.8), typed: draw.chance(0.8), within },
    ...{ types: types === null || types.length === 0 ? null : types, completeFor, ...bounds },
    rows: slots.flatMap(({ value, fate }, slot) => {
      if (fate === 'empty' || !has.includes(value.type)) return [];
      if (!completeFor.includes(value.type) && draw.chance(0.4)) return [];
      if (bounds.from !== null && slot < bounds.from && draw.chance(0.5)) return [];
      return [{ slot, late: lateWithin(draw, within), twice: draw.chance(0.06) }];
    }),
    lie: draw.chance(0.92) ? 'none' : draw.pick(['amount', 'invented'] as const),
    ...{ shuffled: draw.chance(0.3), split: draw.chance(0.15) },
  };
}

function drawFacts(draw: Draw, count: number, keys: readonly string[], rows: number): FactsDesign {
  const within = drawSlack(draw);
  const lies = draw.chance(0.1);
  return {
    ...{ within, whole: draw.chance(0.85) },
    rows: Array.from({ length: rows }, () => ({
      ...{ key: draw.pick(keys), at: 1 + draw.below(count), inStep: draw.below(stepMs - 1) },
      ...{ late: lateWithin(draw, within), wrong: lies && draw.chance(0.5) },
    })),
  };
}
