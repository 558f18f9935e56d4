import type { RecordOrder } from '@eventmend/core/engine';

/** Numbers drawn from a seed, the same on every machine. */
export interface Draw {
  /** 0 to below 1. */
  share(): number;
  /** 0 to below `count`. */
  below(count: number): number;
  chance(share: number): boolean;
  one<Item>(items: readonly Item[]): Item;
}

export function drawFrom(seed: number): Draw {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(share() * count);
  return {
    share,
    below,
    chance: (most) => share() < most,
    one: (items) => items[below(items.length)] as (typeof items)[number],
  };
}

/** What a service is like, over all that can be declared. */
export interface ServiceDesign {
  /** Partitions of each topic. */
  readonly topics: readonly number[];
  readonly events: number;
  readonly keys: number;
  /** Every key stays in one partition. */
  readonly keyed: boolean;
  readonly keysOfEvent: 1 | 2;
  readonly locality: 'partition' | 'global';
  /** `sum` commutes, `clamp` and `half` do not, `mean` has fractions. */
  readonly arithmetic: 'sum' | 'clamp' | 'half' | 'mean';
  /** The state counts its events. */
  readonly counts: boolean;
  readonly outputs: 'every' | 'silent' | 'sparse' | 'plain';
  readonly reveals: 'exact' | 'rounded' | 'no';
  /** A second kind of outputs, at thresholds only. */
  readonly alerts: boolean;
  /** Outputs carry business ids. */
  readonly outputIds: boolean;
  readonly order: 'time' | 'field';
  /** What the field of an explicit order holds. */
  readonly orderField: 'number' | 'text' | 'time';
  /** How far partitions lag behind each other, in milliseconds. */
  readonly lag: number;
  readonly ties: boolean;
  readonly records: { readonly order: RecordOrder; readonly begin: number; readonly resent: number } | null;
  readonly ledger: { readonly order: RecordOrder; readonly begin: number; readonly resent: number } | null;
  /** Whether somebody says from when on outputs were kept. */
  readonly saysFrom: boolean;
  readonly live: boolean;
  /** Numbers as another language writes them: the last bit may be another. */
  readonly lastBit: boolean;
  /** Absent fields are written as null. */
  readonly nulls: boolean;
  /** Events come again under one business id, and the worker knows them by it. */
  readonly copies: 'none' | 'ignored' | 'failed-first';
  /** The ledger notes deliveries that were left out as copies, too. */
  readonly notesCopies: boolean;
  /** A stretch of one partition that the log lacks, or that nobody can read. */
  readonly hole: 'missing' | 'damaged' | null;
  /** Where the trusted snapshot was taken, as a share of all; null for the beginning of the log. */
  readonly start: number | null;
  /** Records of a topic that the worker does not read. */
  readonly foreign: boolean;
  readonly faults: number;
}

/** A random design. `faults`: how many are planted at the most. */
export function designOfSeed(seed: number, faults = 0): ServiceDesign {
  const draw = drawFrom(seed);
  const keyed = draw.chance(0.5);
  const keysOfEvent = draw.one([1, 1, 2] as const);
  const orders: readonly RecordOrder[] = ['handling', 'handling', 'partition', 'unknown'];
  const list = (): ServiceDesign['records'] => ({
    order: draw.one(orders),
    begin: draw.chance(0.3) ? draw.share() * 0.6 : 0,
    resent: draw.chance(0.25) ? 0.1 : 0,
  });
  const hasHole = draw.chance(0.2);
  const design: ServiceDesign = {
    topics: draw.one([[1], [2], [3], [1, 1], [2, 1]]),
    events: 10 + draw.below(draw.one([20, 60, 110])),
    keys: 2 + draw.below(6),
    keyed,
    keysOfEvent,
    locality: keyed && keysOfEvent === 1 && draw.chance(0.5) ? 'partition' : 'global',
    arithmetic: draw.one(['sum', 'clamp', 'half', 'mean']),
    counts: draw.chance(0.4),
    outputs: draw.one(['every', 'every', 'silent', 'sparse', 'plain']),
    reveals: draw.one(['exact', 'rounded', 'no', 'no']),
    alerts: draw.chance(0.4),
    outputIds: draw.chance(0.3),
    order: draw.one(['time', 'time', 'time', 'field']),
    orderField: 'number',
    lag: draw.one([0, 20, 200]),
    ties: draw.chance(0.3),
    records: draw.chance(0.8) ? list() : null,
    ledger: draw.chance(0.35) ? list() : null,
    saysFrom: draw.chance(0.3),
    live: draw.chance(0.6),
    lastBit: draw.chance(0.2),
    nulls: draw.chance(0.2),
    copies: draw.one(['none', 'none', 'none', 'ignored', 'failed-first']),
    notesCopies: seed % 2 === 0,
    hole: null,
    start: hasHole ? 0 : draw.chance(0.25) ? draw.share() * 0.5 : null,
    foreign: draw.chance(0.1),
    faults: faults === 0 ? 0 : 1 + draw.below(faults),
  };
  // Drawn behind all others, so that what a seed was before it still is.
  const hole = draw.one(['missing', 'damaged'] as const);
  return { ...design, hole: hasHole ? hole : null, orderField: draw.one(['number', 'text', 'time']) };
}
