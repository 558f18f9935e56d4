import type { RecordedEventRef, RecordOrder } from '@eventmend/core/engine';
import { drawFrom, type Draw, type ServiceDesign } from './service-design.js';
import type { Transfer } from './service-worker.js';

export type PlantedKind = 'missed' | 'twice' | 'out-of-order' | 'wrong';

interface PlayedEvent {
  readonly ref: RecordedEventRef;
  readonly time: number;
  readonly value: Transfer;
}

export interface PlantedMistake {
  readonly kind: PlantedKind;
  readonly event: RecordedEventRef;
  /** Events that it was handled on the wrong side of. */
  readonly others: readonly RecordedEventRef[];
  readonly keys: readonly string[];
}

interface SentRow {
  readonly output: string;
  readonly key: string;
  readonly value: unknown;
  readonly businessId: string | null;
  readonly event: RecordedEventRef;
  readonly time: number;
}

/** A service that was played, with everything that it left behind, and what it did wrong. */
export interface PlayedService {
  readonly design: ServiceDesign;
  readonly events: readonly PlayedEvent[];
  /** Offsets that the log lacks, or that nobody can read. */
  readonly lacks: {
    readonly topic: string;
    readonly partition: number;
    readonly from: number;
    readonly to: number;
  } | null;
  readonly rows: readonly SentRow[] | null;
  readonly ledger: readonly { readonly event: RecordedEventRef; readonly time: number }[] | null;
  readonly start: {
    readonly position: ReadonlyMap<string, number>;
    readonly states: ReadonlyMap<string, unknown>;
  } | null;
  readonly live: ReadonlyMap<string, unknown> | null;
  readonly saidFrom: number | null;
  readonly mistakes: readonly PlantedMistake[];
}

const t0 = Date.UTC(2026, 0, 5, 8);

/** Plays a service: a plain loop over its events in the order in which it came to them, with what it does wrong. */
export function playService(design: ServiceDesign, seed: number): PlayedService {
  const draw = drawFrom(seed ^ 0x5bd1e995);
  const events = layOut(design, draw);
  const order = interleave(design, events, draw);
  const { steps, mistakes } = plant(design, events, order, draw);

  const accounts = new Map<string, { open: number; n: number }>();
  const rows: SentRow[] = [];
  const ledger: { event: RecordedEventRef; time: number }[] = [];
  const done = new Set<string>();
  const startAt = design.start === null ? null : Math.floor(design.start * steps.length);
  let start: PlayedService['start'] = null;
  const position = new Map<string, number>();
  for (let turn = 0; turn <= steps.length; turn++) {
    if (turn === startAt) start = { position: new Map(position), states: statesOf(design, accounts) };
    const step = steps[turn];
    if (step === undefined) break;
    const event = events[step.event] as PlayedEvent;
    const lane = laneOf(event.ref);
    position.set(lane, Math.max(position.get(lane) ?? 0, event.ref.offset + 1));
    if (step.kind === 'failed') continue;
    const { id } = event.value;
    const isCopy = id !== undefined && design.copies !== 'none' && done.has(id) && step.kind !== 'again';
    const time = t0 + turn * 7;
    if (isCopy) {
      if (seed % 2 === 0) ledger.push({ event: event.ref, time });
      continue;
    }
    if (id !== undefined) done.add(id);
    ledger.push({ event: event.ref, time });
    rows.push(...handle(design, accounts, event, step.slip).map((row) => ({ ...row, event: event.ref, time })));
  }
  const left = leave(design, events, rows, ledger, start, draw);
  return {
    design,
    events,
    ...left,
    start,
    live: design.live ? statesOf(design, accounts) : null,
    mistakes,
  };
}

function layOut(design: ServiceDesign, draw: Draw): PlayedEvent[] {
  const lanes = design.topics.flatMap((partitions, topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: `t${topic}`, partition, next: 0 })),
  );
  const events: PlayedEvent[] = [];
  let clock = t0;
  const copyable: { value: Transfer; lane: number; at: number }[] = [];
  for (let number = 0; events.length < design.events; number++) {
    clock += design.ties && draw.chance(0.4) ? 0 : 1 + draw.below(10);
    const key = draw.below(design.keys);
    let other = draw.below(design.keys);
    if (other === key) other = (key + 1) % design.keys;
    const laneIndex = design.keyed ? key % lanes.length : draw.below(lanes.length);
    const [due] = copyable;
    const isCopy = due !== undefined && design.copies !== 'none' && events.length >= due.at;
    const lane = lanes[isCopy ? due.lane : laneIndex] as (typeof lanes)[number];
    const value: Transfer = isCopy
      ? due.value
      : {
          keys: design.keysOfEvent === 1 ? [`k${key}`] : [`k${key}`, `k${other}`],
          amount: draw.below(140) - 50,
          ...(design.arithmetic === 'half' && draw.chance(0.25) ? { half: true } : {}),
          id: `e${number}`,
        };
    if (isCopy) copyable.shift();
    else if (design.copies !== 'none' && copyable.length === 0 && draw.chance(0.15)) {
      // Tried again at once, so that nothing comes between; or delivered a second time, a while later.
      copyable.push({
        value,
        lane: laneIndex,
        at: events.length + (design.copies === 'ignored' ? 1 + draw.below(6) : 1),
      });
    }
    const seq = design.order === 'field' ? { seq: orderValue(design, events.length) } : {};
    events.push({
      ref: { topic: lane.topic, partition: lane.partition, offset: lane.next++ },
      time: clock,
      value: { ...value, ...seq },
    });
  }
  return events;
}

/** The number of an event, as its service writes it. */
function orderValue({ orderField }: ServiceDesign, number: number): number | string {
  switch (orderField) {
    case 'number':
      return number;
    case 'text':
      return `n${String(number).padStart(6, '0')}`;
    case 'time':
      return new Date(t0 + number).toISOString();
  }
}

/** The order in which the service comes to the events: offsets in order, partitions as they lag. */
function interleave({ order, lag, copies }: ServiceDesign, events: readonly PlayedEvent[], draw: Draw): number[] {
  const numbers = events.map((_, number) => number);
  if (order === 'field' || copies === 'failed-first') return numbers;
  const lags = new Map<string, number>();
  const due = numbers.map((number) => {
    const { ref, time } = events[number] as PlayedEvent;
    const lane = laneOf(ref);
    if (!lags.has(lane) || draw.chance(0.05)) lags.set(lane, draw.share() * lag);
    return time + (lags.get(lane) ?? 0);
  });
  // A partition that caught up does not overtake itself.
  const last = new Map<string, number>();
  numbers.forEach((number) => {
    const lane = laneOf((events[number] as PlayedEvent).ref);
    due[number] = Math.max(due[number] as number, last.get(lane) ?? 0);
    last.set(lane, due[number]);
  });
  return numbers.sort((a, b) => (due[a] as number) - (due[b] as number) || a - b);
}

interface Step {
  readonly event: number;
  /** `failed`: a delivery that came to nothing and is tried again. `again`: a second handling. */
  readonly kind: 'plain' | 'failed' | 'again';
  readonly slip: 'sign' | 'unit' | null;
}

function plant(
  design: ServiceDesign,
  events: readonly PlayedEvent[],
  order: readonly number[],
  draw: Draw,
): { readonly steps: readonly Step[]; readonly mistakes: readonly PlantedMistake[] } {
  const plain = (event: number): Step => ({ event, kind: 'plain', slip: null });
  let steps: Step[] = order.map(plain);
  if (design.copies === 'failed-first') {
    const ids = events.map(({ value }) => value.id);
    steps = steps.map((step) => (ids.lastIndexOf(ids[step.event]) > step.event ? { ...step, kind: 'failed' } : step));
  }
  const mistakes: PlantedMistake[] = [];
  const touched = new Set<number>();
  const kinds: readonly PlantedKind[] = ['missed', 'twice', 'out-of-order', 'wrong'];
  for (let wanted = 0; wanted < design.faults; wanted++) {
    const kind = draw.one(kinds);
    const at = Math.floor(steps.length * (0.2 + 0.8 * draw.share()));
    const step = steps[at];
    if (step === undefined || step.kind !== 'plain' || touched.has(step.event)) continue;
    const event = events[step.event] as PlayedEvent;
    if (design.copies !== 'none' && events.filter(({ value }) => value.id === event.value.id).length > 1) continue;
    let others: readonly RecordedEventRef[] = [];
    switch (kind) {
      case 'missed':
        steps.splice(at, 1);
        break;
      case 'twice':
        steps.splice(at + 1 + (draw.chance(0.5) ? 0 : draw.below(8)), 0, { ...step, kind: 'again' });
        break;
      case 'wrong':
        if (event.value.amount === 0) continue;
        steps[at] = { ...step, slip: draw.one(['sign', 'unit'] as const) };
        break;
      case 'out-of-order': {
        const behind = steps.findIndex(
          (later, place) =>
            place > at &&
            !touched.has(later.event) &&
            later.kind === 'plain' &&
            mustKeep(design, event, events[later.event]),
        );
        if (behind < 0 || behind - at > 12) continue;
        const passed = steps.slice(at + 1, behind + 1).map((one) => events[one.event] as PlayedEvent);
        others = passed.filter((one) => mustKeep(design, event, one)).map(({ ref }) => ref);
        steps.splice(behind + 1, 0, step);
        steps.splice(at, 1);
        break;
      }
    }
    touched.add(step.event);
    mistakes.push({ kind, event: event.ref, others, keys: event.value.keys });
  }
  return { steps, mistakes };
}

function mustKeep({ order }: ServiceDesign, one: PlayedEvent, other: PlayedEvent | undefined): boolean {
  if (other === undefined) return false;
  if (order === 'time' && laneOf(one.ref) !== laneOf(other.ref)) return false;
  return one.value.keys.some((key) => other.value.keys.includes(key));
}

function handle(
  design: ServiceDesign,
  accounts: Map<string, { open: number; n: number }>,
  { value }: PlayedEvent,
  slip: Step['slip'],
): Omit<SentRow, 'event' | 'time'>[] {
  const sent: Omit<SentRow, 'event' | 'time'>[] = [];
  const written = slip === 'sign' ? 0 - value.amount : slip === 'unit' ? value.amount * 10 : value.amount;
  value.keys.forEach((key, index) => {
    let account = accounts.get(key);
    if (account === undefined) accounts.set(key, (account = { open: 0, n: 0 }));
    const before = account.open;
    const amount = index === 0 ? written : -written;
    if (design.arithmetic === 'mean') account.open += (amount - before) / 8;
    else {
      if (design.arithmetic === 'half' && value.half === true) account.open = Math.floor(before / 2);
      account.open += amount;
      if (design.arithmetic === 'clamp') account.open = Math.min(300, Math.max(0, account.open));
    }
    account.n++;
    const send = (output: string, told: unknown): void => {
      sent.push({
        output,
        key,
        value: told,
        businessId: design.outputIds ? `${value.id ?? ''}/${output}/${key}` : null,
      });
    };
    const shown = design.reveals === 'rounded' ? 10 * Math.round(account.open / 10) + 0 : account.open;
    if (design.outputs === 'plain') send('moved', { amount });
    else if (
      design.outputs === 'every' ||
      (design.outputs === 'silent' ? Math.floor(account.open) % 3 !== 0 : account.open > 60 !== before > 60)
    )
      send('moved', { open: shown });
    if (design.alerts && account.open > 120 !== before > 120) send('alert', { raised: account.open > 120 });
  });
  return sent;
}

function statesOf({ counts }: ServiceDesign, accounts: ReadonlyMap<string, { open: number; n: number }>) {
  return new Map([...accounts].map(([key, { open, n }]): [string, unknown] => [key, counts ? { open, n } : { open }]));
}

/** What is found of it: lists that begin late, in some order, with rows that were sent again; a log with a hole. */
function leave(
  design: ServiceDesign,
  events: readonly PlayedEvent[],
  sent: readonly SentRow[],
  noted: readonly { readonly event: RecordedEventRef; readonly time: number }[],
  start: PlayedService['start'],
  draw: Draw,
): Pick<PlayedService, 'rows' | 'ledger' | 'lacks' | 'saidFrom'> {
  const { records, ledger } = design;
  let saidFrom: number | null = null;
  let rows: SentRow[] | null = null;
  if (records !== null) {
    const turn = Math.floor(records.begin * sent.length);
    rows = sent.slice(turn);
    if (design.saysFrom && records.begin > 0) {
      const times = events.map(({ time }) => time);
      saidFrom = (times[Math.floor(times.length * records.begin)] as number) + 1;
      const timeOf = new Map(events.map(({ ref, time }) => [nameOf(ref), time]));
      const from = saidFrom;
      rows = sent.filter(({ event }) => (timeOf.get(nameOf(event)) ?? 0) >= from);
    }
    rows = rows.map((row) => ({ ...row, value: written(design, row.value, draw) }));
    rows = inOrder(again(rows, records.resent, draw), records.order, draw);
    if (design.foreign) {
      const [first] = rows;
      if (first !== undefined)
        rows = [...rows, { ...first, event: { topic: 't0-dead-letters', partition: 0, offset: 3 }, businessId: null }];
    }
  }
  let entries: (typeof noted)[number][] | null = null;
  if (ledger !== null) {
    entries = inOrder(
      again(noted.slice(Math.floor(ledger.begin * noted.length)), ledger.resent, draw),
      ledger.order,
      draw,
    );
  }
  let lacks: PlayedService['lacks'] = null;
  if (design.hole !== null) {
    const { ref } = events[Math.floor(events.length * (0.3 + 0.4 * draw.share()))] as PlayedEvent;
    const first = start?.position.get(laneOf(ref)) ?? 0;
    const from = Math.max(first, ref.offset);
    lacks = { topic: ref.topic, partition: ref.partition, from, to: from + 1 + draw.below(6) };
  }
  return { rows, ledger: entries, lacks, saidFrom };
}

/** As the service wrote it: with absent fields as null, and numbers that differ in the last bit. */
function written({ lastBit, nulls }: ServiceDesign, value: unknown, draw: Draw): unknown {
  const fields = Object.entries(value as Record<string, unknown>).map(([name, field]): [string, unknown] => {
    if (!lastBit || typeof field !== 'number' || Number.isInteger(field) || draw.chance(0.5)) return [name, field];
    return [name, field * (1 + 2 ** -52)];
  });
  return Object.fromEntries(nulls ? [...fields, ['note', null]] : fields);
}

/** Some rows are sent a second time, a little later, as they were. */
function again<Row>(rows: readonly Row[], share: number, draw: Draw): Row[] {
  const all = [...rows];
  for (let place = rows.length - 1; place >= 0; place--) {
    if (share > 0 && draw.chance(share))
      all.splice(Math.min(all.length, place + 1 + draw.below(6)), 0, rows[place] as Row);
  }
  return all;
}

function inOrder<Row extends { readonly event: RecordedEventRef }>(
  rows: readonly Row[],
  order: RecordOrder,
  draw: Draw,
): Row[] {
  if (order === 'handling') return [...rows];
  const at = rows.map((row, place) => ({ row, place, drawn: draw.share() }));
  const lane = ({ row }: (typeof at)[number]): string => laneOf(row.event);
  if (order === 'partition') at.sort((a, b) => (lane(a) < lane(b) ? -1 : lane(a) > lane(b) ? 1 : a.place - b.place));
  else at.sort((a, b) => a.drawn - b.drawn);
  return at.map(({ row }) => row);
}

export function laneOf({ topic, partition }: Pick<RecordedEventRef, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`;
}

export function nameOf(ref: RecordedEventRef): string {
  return `${laneOf(ref)}@${ref.offset}`;
}
