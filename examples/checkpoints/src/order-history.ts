/** An event as the shop sends it. */
export interface SentEvent {
  /** The number of the order; events of an order stay in one partition. */
  readonly order: string;
  readonly value:
    | { readonly type: 'placed' | 'paid' | 'refunded'; readonly cents: number }
    | { readonly type: 'cancelled' | 'shipped' };
}

interface OpenOrder {
  readonly order: string;
  readonly cents: number;
  paid: number;
  left: number;
}

const openAtOnce = 300;

/** Events of orders without end: those of one seed are always the same. */
export function* orderHistory(seed: number): Generator<SentEvent, never> {
  const random = randomOf(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const open: OpenOrder[] = [];
  for (let n = 0; ; n++) {
    if (open.length < openAtOnce && random() < 0.4) {
      const placed = { order: `order-${n}`, cents: 500 + below(20_000), paid: 0, left: 3 + below(5) };
      open.push(placed);
      yield { order: placed.order, value: { type: 'placed', cents: placed.cents } };
      continue;
    }
    const index = below(open.length);
    const order = open[index];
    if (order === undefined) {
      n--;
      continue;
    }
    yield { order: order.order, value: nextEvent(order, random) };
    if (--order.left === 0) open.splice(index, 1);
  }
}

function nextEvent(order: OpenOrder, random: () => number): SentEvent['value'] {
  const draw = random();
  if (draw < 0.5 || order.paid === 0) {
    const cents = draw < 0.3 ? order.cents : Math.ceil(order.cents / 2);
    order.paid += cents;
    return { type: 'paid', cents };
  }
  if (draw < 0.75) {
    const cents = Math.ceil(order.paid / 2);
    order.paid -= cents;
    return { type: 'refunded', cents };
  }
  return { type: draw < 0.85 ? 'cancelled' : 'shipped' };
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
