import { Draw } from '../../../core/test/provenance/draw.js';
import type { Design, Slot, SnapshotDesign } from './tiny-incident.js';
import { typesOfOneKey, typesOfTwoKeys, type TinyType, type TinyValue } from './tiny-worker.js';

/** An incident of a few events, out of the whole range of what a user may declare. */
export function drawDesign(seed: number): Design {
  const draw = new Draw(seed);
  const partitions = 1 + draw.below(3);
  const locality = draw.chance(0.5) ? 'partition' : 'global';
  const many = draw.chance(0.75);
  const window = draw.chance(0.35) ? 1 + draw.below(3) : null;
  const order = draw.chance(0.6) ? 'time' : draw.pick(['field', 'recorded'] as const);
  // Failing handlers, lost events and uncovered types each hide what the others do: not all at once.
  const [failing, losing, odd] = [draw.chance(0.5), draw.chance(0.4), draw.chance(0.3)];
  const types: readonly TinyType[] = [...typesOfOneKey, ...(many ? typesOfTwoKeys : [])].filter(
    (type) => failing || (type !== 'boom' && type !== 'fuse'),
  );
  // Few types, so that a check covers most of them.
  const usual = Array.from({ length: 2 + draw.below(3) }, () => draw.pick(types.filter((type) => type !== 'boom')));
  const names = Array.from({ length: partitions }, (_, partition) =>
    Array.from({ length: 1 + draw.below(3) }, (__, n) => (locality === 'partition' ? `p${partition}k${n}` : `k${n}`)),
  );
  const count = 3 + draw.below(8);
  const slots = Array.from({ length: count }, (_, index): Slot => {
    const partition = draw.below(partitions);
    const own = names[partition] as readonly string[];
    const type = draw.chance(0.8) ? draw.pick(usual) : draw.pick(types);
    const a = draw.pick(own);
    const b = draw.pick(own.filter((key) => key !== a).concat(own.length === 1 ? [a] : []));
    const value: TinyValue = {
      type,
      keys: (typesOfTwoKeys as readonly string[]).includes(type) ? [a, b] : [a],
      n: 1 + draw.below(6),
      ...(draw.chance(0.5) && { id: `i${draw.below(4)}` }),
      ...(order === 'field' && { seq: draw.chance(0.9) ? index : draw.below(count) }),
    };
    const lost = losing && draw.chance(0.2);
    return {
      partition,
      time: draw.chance(odd ? 0.6 : 0.95) ? 'own' : draw.pick(['none', 'falling', 'same', 'far'] as const),
      value: failing && order !== 'field' && draw.chance(0.05) ? null : value,
      fate: lost ? draw.pick(['missing', 'missing', 'damaged', 'empty'] as const) : 'kept',
      inTruth: draw.chance(0.5) ? 'handled' : 'skipped',
      listed: draw.chance(0.5),
    };
  });
  const onsetAt = draw.chance(0.9) ? 1 + draw.below(count + 1) : null;
  const snapshots = Array.from({ length: draw.below(4) }, (): SnapshotDesign => {
    const at = draw.chance(0.7) && onsetAt !== null ? draw.below(onsetAt + 1) : draw.below(count + 1);
    const handled = (partition: number): number =>
      slots.slice(0, at).filter((slot) => slot.partition === partition).length;
    return {
      at,
      cuts: draw.chance(0.2) ? names.map((_, partition) => draw.below(handled(partition) + 1)) : null,
      wrong: draw.chance(0.85) ? 'no' : draw.pick(['bumped', 'lacks', 'extra'] as const),
      trusted: draw.chance(0.2),
      dated: draw.chance(0.95),
    };
  });
  const keys = [...new Set(names.flat())];
  return {
    seed,
    shape: {
      locality,
      many,
      initial: draw.chance(0.6),
      window,
      normalise: draw.chance(0.25),
      eventType: draw.chance(0.8),
    },
    poison: failing || losing ? draw.pick(['quarantine-event', 'quarantine-key'] as const) : 'stop',
    order,
    partitions,
    slots,
    snapshots,
    onsetAt,
    reviewed: draw.chance(0.3) ? [draw.pick(types), ...(draw.chance(0.5) ? ['$.c'] : [])] : [],
    deviant: draw.chance(0.1) ? draw.pick(types) : null,
    live: draw.chance(0.5),
    twoLogs: draw.chance(0.2),
    deliveries: draw.chance(0.1),
    target: draw.chance(0.1)
      ? names.map((_, partition) => draw.below(1 + slots.filter((slot) => slot.partition === partition).length))
      : null,
    scope: draw.chance(0.1) ? [draw.pick(keys)] : null,
    batchEvents: draw.pick([1, 2, 5, 1000]),
  };
}
