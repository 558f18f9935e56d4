/** Several streams, each in order, as one; of equal rows the one of the earlier stream comes first. */
export function* mergeSorted<Row>(
  streams: readonly Iterable<Row>[],
  compare: (one: Row, other: Row) => number,
): Iterable<Row> {
  // A heap of the places of streams: what is in front of them decides, then the place.
  const iterators = streams.map((stream) => stream[Symbol.iterator]());
  const heads: Row[] = [];
  const heap: number[] = [];
  const before = (a: number, b: number): boolean => (compare(heads[a] as Row, heads[b] as Row) || a - b) < 0;
  const sink = (from: number): void => {
    for (let at = from; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && before(heap[child] as number, heap[least] as number)) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least] as number, heap[at] as number];
      at = least;
    }
  };
  try {
    iterators.forEach((iterator, place) => {
      const next = iterator.next();
      if (next.done === true) return;
      heads[place] = next.value;
      heap.push(place);
    });
    for (let at = heap.length >> 1; at >= 0; at--) sink(at);
    while (heap.length > 0) {
      const place = heap[0] as number;
      yield heads[place] as Row;
      const next = (iterators[place] as Iterator<Row>).next();
      if (next.done === true) {
        const last = heap.pop() as number;
        if (heap.length === 0) return;
        if (last !== place) heap[0] = last;
      } else {
        heads[place] = next.value;
      }
      sink(0);
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}
