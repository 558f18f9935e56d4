import fc from 'fast-check';
import type { ScenarioEvent } from './scenario.js';

type TimeKind = 'near' | 'equal' | 'falling' | 'missing' | 'negative' | 'far' | 'jump' | 'step' | 'fraction';

const timeKinds: readonly TimeKind[] = [
  'near',
  'near',
  'near',
  'equal',
  'falling',
  'missing',
  'negative',
  'far',
  'jump',
  'step',
  'fraction',
];

/** Around the edges of "more than half of the next 100". */
const runLengths = fc.oneof(
  { weight: 30, arbitrary: fc.constant(1) },
  { weight: 5, arbitrary: fc.integer({ min: 2, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(49, 50, 51, 99, 100, 101, 102) },
);

const ops = [
  ...Array<string>(12).fill('add'),
  ...Array<string>(4).fill('move'),
  ...['draw', 'draw', 'delete', 'delete', 'again', 'minus-zero', 'look', 'nothing'],
];
/** Chosen once in a while, or the policy `stop` would never come far. */
const poison = ['throw', 'not-a-number', 'undeclared'];

const keyNames = ['a', 'b', 'c', 'd', '__proto__', 'constructor', '', 'ä'];

interface EventDraft {
  readonly gap: number;
  readonly wobble: number;
  readonly key: string | null;
  readonly op: string;
  readonly names: readonly string[];
  readonly n: number;
  readonly id: string | null;
  readonly sequence: 'number' | 'text' | 'none' | 'wrong' | 'long';
  readonly form: 'plain' | 'tombstone' | 'cut' | 'old' | 'no-keys' | 'number' | 'null';
}

const draft: fc.Arbitrary<EventDraft> = fc.record({
  gap: fc.constantFrom(...Array<number>(15).fill(0), 1, 2, 4),
  wobble: fc.integer({ min: 0, max: 4 }),
  key: fc.option(fc.constantFrom(...keyNames), { freq: 20 }),
  op: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...ops) },
    { weight: 1, arbitrary: fc.constantFrom(...poison) },
  ),
  names: fc.array(fc.constantFrom(...keyNames), { minLength: 1, maxLength: 3 }),
  n: fc.integer({ min: 0, max: 20 }),
  id: fc.option(fc.constantFrom('x', 'y', 'z')),
  sequence: fc.constantFrom('number', 'number', 'number', 'text', 'none', 'wrong', 'long'),
  form: fc.oneof(
    { weight: 60, arbitrary: fc.constant<EventDraft['form']>('plain') },
    { weight: 3, arbitrary: fc.constantFrom<EventDraft['form'][]>('tombstone', 'old') },
    { weight: 1, arbitrary: fc.constantFrom<EventDraft['form'][]>('cut', 'no-keys', 'number', 'null') },
  ),
});

const run = fc.tuple(fc.constantFrom(...timeKinds), runLengths).chain(([kind, length]) =>
  // Long runs repeat a few drafts: they are about times.
  fc.tuple(
    fc.constant(kind),
    fc.constant(length),
    fc.array(draft, { minLength: Math.min(3, length), maxLength: Math.min(3, length) }),
  ),
);

/** The events of one partition from offset 0 on, as runs of times of one kind. */
export function generateEvents(runs: number, keySuffix: string): fc.Arbitrary<readonly ScenarioEvent[]> {
  return fc.array(run, { maxLength: runs, size: 'max' }).map((list) => {
    const events: ScenarioEvent[] = [];
    let offset = 0;
    let base = 0;
    for (const [kind, length, drafts] of list) {
      if (kind === 'jump') base += 100;
      if (kind === 'step') base += 10;
      for (let index = 0; index < length; index++) {
        const drawn = drafts[index % drafts.length] as EventDraft;
        // Ids are repeated at the beginning of a run only, or most events of long runs would be duplicates.
        const one = index < 2 * drafts.length ? drawn : { ...drawn, id: null };
        offset += one.gap;
        if (kind === 'near') base += one.wobble;
        const time = timeOf(kind, base, one.wobble);
        events.push({
          offset,
          time,
          key: one.key === null ? null : one.key + keySuffix,
          value: valueOf(one, base, keySuffix),
        });
        offset++;
      }
    }
    return events;
  });
}

function timeOf(kind: TimeKind, base: number, wobble: number): number {
  switch (kind) {
    case 'missing':
      return NaN;
    case 'negative':
      return -1 - wobble;
    case 'falling':
      return Math.max(0, base - 1 - wobble);
    case 'far':
      return base + 1000 * (1 + wobble);
    case 'fraction':
      return base + wobble / 2;
    default:
      return base;
  }
}

function valueOf(one: EventDraft, base: number, keySuffix: string): string | null {
  const keys = one.names.map((name) => name + keySuffix);
  const order = orderField(one, base);
  switch (one.form) {
    case 'tombstone':
      return null;
    case 'null':
      return 'null';
    case 'number':
      return '5';
    case 'cut':
      return '{"op":"add","keys":["a"';
    case 'old':
      return JSON.stringify({ old: true, k: keys[0], n: one.n, order });
    case 'no-keys':
      return JSON.stringify({ op: 'add', keys: [], n: one.n, order });
    case 'plain':
      return JSON.stringify({ op: one.op, keys, n: one.n, ...(one.id === null ? {} : { id: one.id }), order });
  }
}

function orderField(one: EventDraft, base: number): unknown {
  const value = base * 3 + one.wobble - 5;
  switch (one.sequence) {
    case 'number':
      return { seq: value };
    case 'text':
      return { seq: String(value) };
    case 'none':
      return {};
    case 'wrong':
      return { seq: [value] };
    case 'long':
      return { seq: '1234567890123456' };
  }
}
