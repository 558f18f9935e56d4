/** Stretches of a text, `[from, to)` each, in rising order and apart from each other. */
export type Spans = readonly (readonly [from: number, to: number])[];

export function uniteSpans(one: Spans, other: Spans): Spans {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const united: [number, number][] = [];
  for (const [from, to] of [...one, ...other].sort((a, b) => a[0] - b[0])) {
    const last = united.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else united.push([from, to]);
  }
  return united;
}

/** What of `one` is not in `other`. */
export function subtractSpans(one: Spans, other: Spans): Spans {
  const left: [number, number][] = [];
  let at = 0;
  for (const [from, to] of one) {
    let next = from;
    while (at < other.length && (other[at] as Spans[number])[1] <= from) at++;
    for (let index = at; index < other.length && next < to; index++) {
      const [start, end] = other[index] as Spans[number];
      if (start >= to) break;
      if (start > next) left.push([next, start]);
      next = Math.max(next, end);
    }
    if (next < to) left.push([next, to]);
  }
  return left;
}

/** A nested stretch with how often it ran, as V8 reports the blocks of a function. */
export interface CountedRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** What ran: of ranges that lie within each other, the innermost decides. */
export function spansThatRan(ranges: readonly CountedRange[]): Spans {
  const sorted = [...ranges].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const ran: [number, number][] = [];
  const open: CountedRange[] = [];
  let at = 0;
  const advance = (to: number): void => {
    const inner = open.at(-1);
    if (inner !== undefined && inner.count > 0 && to > at) {
      const last = ran.at(-1);
      if (last !== undefined && last[1] === at) last[1] = to;
      else ran.push([at, to]);
    }
    at = Math.max(at, to);
  };
  const closeUntil = (position: number): void => {
    for (let inner = open.at(-1); inner !== undefined && inner.endOffset <= position; inner = open.at(-1)) {
      advance(inner.endOffset);
      open.pop();
    }
  };
  for (const range of sorted) {
    closeUntil(range.startOffset);
    advance(range.startOffset);
    open.push(range);
  }
  closeUntil(Infinity);
  return ran;
}
