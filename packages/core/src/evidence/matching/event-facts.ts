import { parseDecimal, type Decimal } from '../../model/records/decimal.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import { parseTime } from '../../sources/rows/parse-time.js';
import { eventTypeOf } from '../../worker/event-type.js';
import type { Worker, WorkerEvent } from '../../worker/worker.js';
import type { EventPath, MatchRule } from './match-rule.js';

/** What of an event is held against records. */
export interface EventFacts {
  readonly id: string | null;
  readonly key: string | null;
  /** Milliseconds; null for none. */
  readonly time: number | null;
  readonly amount: Decimal | null;
  readonly type: string;
}

/** Takes the facts of an event; null for one that no record of the rule stands for. */
export function eventFacts(
  rule: MatchRule,
  worker: Worker,
): (event: WorkerEvent) => (EventFacts & RecordedEventRef) | null {
  const types = rule.types === null ? null : new Set(rule.types);
  const id = textAt(rule.id);
  const key = textAt(rule.key);
  const time = valueAt(rule.time);
  const amount = rule.amount === null ? null : valueAt(rule.amount.path);
  return (event) => {
    if (rule.topic !== null && event.topic !== rule.topic) return null;
    const type = eventTypeOf(worker, event);
    if (types !== null && !types.has(type)) return null;
    return {
      topic: event.topic,
      partition: event.partition,
      offset: event.offset,
      id: id(event),
      key: key(event),
      time: timeOf(time(event)),
      amount: amount === null ? null : amountOf(amount(event)),
      type,
    };
  };
}

function timeOf(value: unknown): number | null {
  if (typeof value === 'number') return value === value ? value : null;
  const time = parseTime(value ?? null, 'milliseconds');
  return time === undefined || Number.isNaN(time) ? null : time;
}

function amountOf(value: unknown): Decimal | null {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  if (typeof value === 'number') return parseDecimal(String(value));
  return typeof value === 'string' ? parseDecimal(value) : null;
}

function textAt(path: EventPath | null): (event: WorkerEvent) => string | null {
  if (path === null) return () => null;
  const at = valueAt(path);
  return (event) => {
    const value = at(event);
    if (typeof value === 'string') return value === '' ? null : value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
  };
}

/** True for a path that names something of an event. */
export function isEventPath(path: string): boolean {
  return /^(?:key|time|header\..+|value(?:\.[^.]+)*)$/.test(path);
}

function valueAt(path: EventPath): (event: WorkerEvent) => unknown {
  if (path === 'key') return ({ key }) => key;
  if (path === 'time') return ({ time }) => time;
  if (path.startsWith('header.')) {
    const wanted = path.slice('header.'.length);
    return ({ headers }) => headers.findLast(([name]) => name === wanted)?.[1];
  }
  const [, ...steps] = path.split('.');
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return ({ value }) => member(value, only);
  return ({ value }) => steps.reduce(member, value);
}

function member(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
