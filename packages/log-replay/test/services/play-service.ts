import type { RecordedEventRef } from '@eventmend/core/engine';
import { leave } from './leave-records.js';
import { plant, type Step } from './plant-mistakes.js';
import { laneOf, type PlayedEvent, type SentRow } from './played-event.js';
import type { PlayedService } from './played-service.js';
import { drawFrom, type Draw, type ServiceDesign } from './service-design.js';
import type { Transfer } from './service-worker.js';

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
      if (design.notesCopies) ledger.push({ event: event.ref, time });
      continue;
    }
    if (id !== undefined) done.add(id);
    ledger.push({ event: event.ref, time });
    const sent = handle(design, accounts, event, step.slip);
    // Outputs are recorded a little later than the ledger notes their event.
    rows.push(...sent.map((row) => ({ ...row, event: event.ref, time: time + 2 })));
  }
  const left = leave(design, events, rows, ledger, start, draw);
  return {
    design,
    events,
    ...left,
    start,
    live: design.live ? statesOf(design, accounts) : null,
    unharmed: statesOf(design, playRight(design, events, order)),
    mistakes,
  };
}

/** The accounts that it would have come to in its own order without a mistake. */
function playRight(design: ServiceDesign, events: readonly PlayedEvent[], order: readonly number[]) {
  const accounts = new Map<string, { open: number; n: number }>();
  const done = new Set<string>();
  const ids = events.map(({ value }) => value.id);
  for (const number of order) {
    const event = events[number] as PlayedEvent;
    const { id } = event.value;
    if (design.copies === 'failed-first' && ids.lastIndexOf(id) > number) continue;
    if (id !== undefined && design.copies !== 'none' && done.has(id)) continue;
    if (id !== undefined) done.add(id);
    handle(design, accounts, event, null);
  }
  return accounts;
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

/** What the service makes of one event: its accounts change, and the outputs come back. */
export function handle(
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

/** Its accounts as states. */
export function statesOf({ counts }: ServiceDesign, accounts: ReadonlyMap<string, { open: number; n: number }>) {
  return new Map([...accounts].map(([key, { open, n }]): [string, unknown] => [key, counts ? { open, n } : { open }]));
}
