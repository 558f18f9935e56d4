import { EventPage } from '../../model/log/event-page.js';
import type { KeptEvent } from '../process/batch-worker.js';

/** An event to try a process with. */
export interface TrialEvent {
  readonly key: string | null;
  /** The text of its value, as a log would hold it. */
  readonly value: string;
}

/** Any moment will do; it is the same in every trial. */
const firstTime = Date.UTC(2026, 0, 5, 8);

/** The text of the n-th event of a trial, a second after the one before. `more` adds members, each with a comma before it. */
export function trialEventText({ key, value }: TrialEvent, topic: string, n: number, more = ''): string {
  const time = firstTime + n * 1000;
  return (
    `{"topic":${JSON.stringify(topic)},"partition":0,"offset":"${n}","key":${JSON.stringify(key)}` +
    `,"time":${time},"now":${time},"value":${value}${more}}`
  );
}

/** The same events in columns. */
export function keptTrialEvents(events: readonly TrialEvent[], topic: string): readonly KeptEvent[] {
  const page = new EventPage({
    offsets: events.map((_, n) => n),
    timestamps: events.map((_, n) => firstTime + n * 1000),
    keys: events.map(({ key }) => key),
    headers: null,
    decodeValues: () => ({ values: events.map(({ value }) => JSON.parse(value) as unknown), undecodable: null }),
    valueBytes: (n) => Buffer.from(events[n]?.value ?? 'null', 'utf8'),
    keyBytes: () => null,
  });
  const id = { source: '', topic, incarnation: '', partition: 0 };
  return events.map((_, index) => ({ id, page, index, clock: firstTime + index * 1000, special: null }));
}

/** The members of an event's value where it is an object; null where it is something else. */
export function membersOf({ value }: TrialEvent): Readonly<Record<string, unknown>> | null {
  const parsed: unknown = JSON.parse(value);
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  return isObject ? (parsed as Readonly<Record<string, unknown>>) : null;
}

/** The event with a member of its value set anew; `text` is JSON. */
export function withMember(event: TrialEvent, name: string, text: string): TrialEvent {
  const others = Object.entries(membersOf(event) ?? {}).filter(([other]) => other !== name);
  const members = [...others.map(([other, value]) => `${JSON.stringify(other)}:${JSON.stringify(value)}`)];
  return { ...event, value: `{${[...members, `${JSON.stringify(name)}:${text}`].join(',')}}` };
}
