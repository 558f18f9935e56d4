import { canonicalJson } from '../../src/model/json/canonical-json.js';
import type { IntendedOutput } from '../../src/model/outputs/output.js';
import type { MemoryOutput } from '../../src/sources/records/memory-recorded-outputs.js';
import { outputsOf, type TestEvent } from './run-of-events.js';

/** A correction without its ids, as a text that can be compared. */
export type NaiveCorrection = string;

interface Deviation {
  readonly at: readonly number[];
  readonly intended: IntendedOutput | null;
  readonly recorded: MemoryOutput | null;
  readonly ordinal: number;
}

/**
 * The same question as `findCorrections`, answered with everything in maps and lists, for kinds `event` and `latest` and a
 * recording in the order of handling that names events and keys. Written from the documentation; it shares nothing with the
 * engine but the records.
 */
export function naiveCorrections(events: readonly TestEvent[], records: readonly MemoryOutput[]): NaiveCorrection[] {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const { event } of records) {
    if (!event) continue;
    if (!first.has(event.partition)) first.set(event.partition, event.offset);
    last.set(event.partition, Math.max(event.offset, last.get(event.partition) ?? 0));
  }
  // Of a partition without a record the stretch begins, since the order is known, with the first record of all that is of an
  // output.
  const opening = records.find(({ event, output, key }) =>
    outputsOf(events.filter((one) => event && nameOf(one) === nameOf(event))).some(
      (one) => one.output === output && one.key === key,
    ),
  )?.event;
  const begins = events.findIndex((event) => opening && nameOf(event) === nameOf(opening));
  const isOver = (partition: number, offset: number) => {
    const own = first.get(partition);
    if (own !== undefined) return offset < own;
    const index = events.findIndex((event) => event.partition === partition && event.offset === offset);
    return begins < 0 || index < begins;
  };
  const place = (partition: number, offset: number): number[] => {
    const own = events.findIndex((event) => event.partition === partition && event.offset === offset);
    const emits = own >= 0 && (events[own]?.outputs.length ?? 0) > 0;
    if (emits) return [own, 1, partition, offset];
    const next = events.findIndex(
      (event) => event.partition === partition && event.offset > offset && event.outputs.length > 0,
    );
    return [next < 0 ? events.length : next, 0, partition, offset];
  };
  const deviations: Deviation[] = [];
  const eventNames = new Set([...events.map(nameOf), ...records.map(({ event }) => nameOf(event ?? { offset: -1 }))]);
  let lastMatched = -1;
  const matchedAt = (index: number) => (lastMatched = Math.max(lastMatched, index));
  const missing: { readonly index: number; readonly add: () => void }[] = [];

  for (const name of eventNames) {
    const index = events.findIndex((event) => nameOf(event) === name);
    const event = events[index];
    const intended = event === undefined ? [] : outputsOf([event]);
    const own = records.filter((record) => record.event && nameOf(record.event) === name);
    const [partition = 0, offset = 0] = name.split('@').map(Number);
    if (isOver(partition, offset)) continue;
    const classes = new Set([...intended, ...own].map(({ output, key }) => JSON.stringify([output, key])));
    for (const text of classes) {
      const [output, key] = JSON.parse(text) as [string, string];
      if (output === 'balance') continue;
      const wanted = intended.filter((one) => one.output === output && one.key === key);
      const given = own.filter((one) => one.output === output && one.key === key);
      const pairs = pairUp(wanted, given.slice(0, wanted.length));
      if (given.length > 0 && wanted.length > 0) matchedAt(index);
      const surplus = given.slice(wanted.length).map((record): MemoryOutput => {
        const wrong = pairs.findIndex((pair, at) => {
          return pair !== null && !same(pair.value, wanted[at]?.value) && same(record.value, wanted[at]?.value);
        });
        const before = pairs[wrong];
        if (before === undefined || before === null) return record;
        pairs[wrong] = record;
        return before;
      });
      surplus.forEach((recorded, n) => {
        const ordinal = wanted.length === 0 ? n : (wanted[n % wanted.length]?.ordinal ?? 0);
        const slot = wanted.length === 0 ? 1e6 : intended.indexOf(wanted[n % wanted.length] as IntendedOutput);
        deviations.push({ at: [...place(partition, offset), slot, 0, n], intended: null, recorded, ordinal });
      });
      wanted.forEach((one, at) => {
        const recorded = pairs[at] ?? null;
        if (recorded !== null && same(recorded.value, one.value)) return;
        const spot = [...place(partition, offset), intended.indexOf(one), 1];
        const add = () => deviations.push({ at: spot, intended: one, recorded, ordinal: one.ordinal });
        if (recorded === null && offset > (last.get(partition) ?? -1)) missing.push({ index, add });
        else add();
      });
    }
    if (
      own.some((one) => one.output === 'balance' && intended.some((i) => i.output === 'balance' && i.key === one.key))
    )
      matchedAt(index);
  }
  // The order is known: what the run has before the last event with a record, the service had come to.
  for (const { index, add } of missing) if (index <= lastMatched) add();

  const newest = new Map<string, { value: unknown; at: number; output: IntendedOutput; event: TestEvent }>();
  events.forEach((event, at) => {
    for (const output of outputsOf([event])) {
      if (output.output === 'balance') newest.set(output.key, { value: output.value, at, output, event });
    }
  });
  for (const [key, { value, at, output, event }] of newest) {
    const standing = records.filter((record) => record.output === 'balance' && record.key === key).at(-1) ?? null;
    if (standing !== null && same(standing.value, value)) continue;
    const partition = event.partition ?? 0;
    const reached = event.offset <= (last.get(partition) ?? -1) || at <= lastMatched;
    const begun = !isOver(partition, event.offset);
    if (!reached || (standing === null && !begun)) continue;
    const slot = outputsOf([event]).findLastIndex((one) => one.output === 'balance' && one.key === key);
    const spot = [...place(partition, event.offset), slot, 1];
    deviations.push({ at: spot, intended: output, recorded: standing, ordinal: output.ordinal });
  }
  const orphans = new Set(
    records.filter(({ output, key }) => output === 'balance' && !newest.has(key ?? '')).map(({ key }) => key),
  );
  for (const key of orphans) {
    const own = records.filter((record) => record.output === 'balance' && record.key === key);
    const standing = own.at(-1) as MemoryOutput;
    const { partition, offset } = standing.event ?? { partition: 0, offset: 0 };
    if (isOver(partition, offset)) continue;
    const same = own.filter(({ event }) => event?.partition === partition && event.offset === offset);
    const spot = [...place(partition, offset), 1e6, 0];
    deviations.push({ at: spot, intended: null, recorded: standing, ordinal: same.length - 1 });
  }
  deviations.sort((a, b) => compareLists(a.at, b.at) || compareTexts(nameOfOutput(a), nameOfOutput(b)));
  return deviations.flatMap(actionsOf);
}

function actionsOf({ intended, recorded, ordinal }: Deviation): NaiveCorrection[] {
  const { output, key } = intended ?? recorded ?? { output: '', key: '' };
  const event = intended ?? recorded?.event ?? { partition: 0, offset: 0 };
  const where = `${output} ${key ?? ''} ${event.partition}@${event.offset}#${ordinal}`;
  const replaces = recorded === null ? 'nothing' : canonicalJson(recorded.value);
  const line = (action: string, value: unknown) => `${action} ${where} ${canonicalJson(value)} for ${replaces}`;
  const takenBack = output === 'booked' ? line('retract', { undo: recorded?.value ?? null }) : line('list', null);
  return [
    ...(recorded === null || (output === 'balance' && intended !== null) ? [] : [takenBack]),
    ...(intended === null ? [] : [line('send', intended.value)]),
  ];
}

function pairUp(wanted: readonly IntendedOutput[], given: readonly MemoryOutput[]): (MemoryOutput | null)[] {
  const pairs = wanted.map((): MemoryOutput | null => null);
  const rest: MemoryOutput[] = [];
  for (const record of given) {
    const at = wanted.findIndex((one, index) => pairs[index] === null && same(one.value, record.value));
    if (at < 0) rest.push(record);
    else pairs[at] = record;
  }
  for (const record of rest) pairs[pairs.indexOf(null)] = record;
  return pairs;
}

function nameOf({ partition = 0, offset }: { readonly partition?: number; readonly offset: number }): string {
  return `${partition}@${offset}`;
}

function nameOfOutput({ intended, recorded }: Deviation): string {
  return JSON.stringify([intended?.output ?? recorded?.output, intended?.key ?? recorded?.key]);
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
