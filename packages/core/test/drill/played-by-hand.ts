import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { book, type Account, type Booking } from './bank.js';

export interface PlantedLine {
  readonly kind: 'missed' | 'twice' | 'reordered' | 'wrong';
  readonly event: { readonly partition: number; readonly offset: number };
  readonly other: { readonly partition: number; readonly offset: number } | null;
  readonly how: string | null;
}

interface Sent {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: number;
}

export interface ByHand {
  readonly states: Record<string, Account>;
  readonly sent: readonly Sent[];
  /** Handlings, in their order. */
  readonly handled: readonly string[];
}

/** What a bank does with bookings, and with the faults that a drill says it has planted: plain loops, none of the drill's code. */
export function playByHand(events: readonly Booking[], planted: readonly PlantedLine[]): ByHand {
  const states: Record<string, Account> = {};
  const sent: Sent[] = [];
  const handled: string[] = [];
  const handle = (event: Booking, value: Booking, writes: boolean) => {
    const { partition, offset } = event;
    handled.push(nameOf(event));
    for (const [key, state] of book((account) => states[account], value)) {
      if (writes) states[key] = state;
      sent.push({ partition, offset, key, value: state.cents });
    }
  };
  const byName = new Map(events.map((event) => [nameOf(event), event]));
  const places = new Map(events.map((event) => [nameOf(event), [event]]));
  const mistakes = new Map<string, string>();
  for (const { kind, event, how } of planted) {
    if (kind === 'missed') places.set(nameOf(event), []);
    if (kind === 'wrong') mistakes.set(nameOf(event), how ?? '');
  }
  for (const { kind, event, other } of planted) {
    if (kind !== 'reordered' || other === null) continue;
    places.set(nameOf(event), [byName.get(nameOf(other))!]);
    places.set(nameOf(other), [byName.get(nameOf(event))!]);
  }
  for (const { kind, event, other } of planted) {
    if (kind === 'twice' && other !== null) places.get(nameOf(other))!.push(byName.get(nameOf(event))!);
  }
  for (const event of events) {
    for (const coming of places.get(nameOf(event)) ?? []) {
      const how = mistakes.get(nameOf(coming)) ?? '';
      handle(coming, how === '' || how === 'not-written' ? coming : mistaken(coming, how), how !== 'not-written');
    }
  }
  return { states, sent, handled };
}

function mistaken(booking: Booking, how: string): Booking {
  const [slip, path] = how.split(' ');
  const change = (number: number) => (slip === 'sign' ? -number : number * 60);
  switch (path) {
    case '$.cents':
      return { ...booking, cents: change(booking.cents) };
    case '$.note.fee':
      return { ...booking, note: { ...booking.note, fee: change(booking.note.fee) } };
    default:
      throw new Error(`no booking can be mistaken so: ${how}`);
  }
}

export function nameOf({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}@${offset}`;
}

export function readRows(folder: string, ...path: readonly string[]): readonly Record<string, unknown>[] {
  return readFileSync(join(folder, ...path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The states of a snapshot file, without its head and end. */
export function readStates(folder: string, ...path: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    readRows(folder, ...path).flatMap((row) => ('key' in row ? [[row['key'], row['state']]] : [])),
  );
}
