import type { Slip, WorkerStyle } from './incident-design.js';
import type { Booking } from './lay-out-events.js';

export interface SentOutput {
  readonly output: string;
  readonly key: string;
  readonly value: unknown;
}

/** The service in production: records changed in place, written apart from the worker and from the engine. */
export interface LiveService {
  /** Handles an event, rightly or with a slip, and gives what it sends. */
  handle(booking: Booking, slip: Slip | null): SentOutput[];
  /** All states, sorted by key. */
  states(): { readonly key: string; readonly state: unknown }[];
}

interface AccountRecord {
  level: number;
  seen: number;
  peak: number;
}

export function liveService(style: WorkerStyle): LiveService {
  const whole = style.arithmetic === 'clamp';
  const limit = whole ? 100 : 20;
  const accounts = new Map<string, AccountRecord>();

  const account = (key: string): AccountRecord => {
    let found = accounts.get(key);
    if (found === undefined) accounts.set(key, (found = { level: 0, seen: 0, peak: 0 }));
    return found;
  };

  const apply = (record: AccountRecord, type: string, amount: number): void => {
    if (whole) {
      if (type === 'scale') record.level = Math.floor(record.level / 2);
      record.level += amount;
      if (record.level < 0) record.level = 0;
      else if (record.level > 1000) record.level = 1000;
    } else if (type === 'scale') {
      record.level *= 0.75;
      record.level += amount;
    } else {
      record.level += (amount - record.level) / 8;
    }
    record.seen++;
    if (record.level > record.peak) record.peak = record.level;
  };

  const shown = (level: number): number => {
    if (style.reveals === 'exact') return level;
    return whole ? 10 * Math.round(level / 10) : Math.round(10 * level) / 10 + 0;
  };

  return {
    handle({ keys: [first = '', second], type, amount: written }, slip) {
      const amount = believed(written, slip);
      const sent: SentOutput[] = [];
      const from = account(first);
      const wasAbove = from.level > limit;
      apply(from, type, amount);
      const to = second === undefined ? null : account(second);
      if (to !== null) apply(to, type, (whole ? Math.floor(from.level) % 16 : from.level / 16) - amount);

      const off = slip === 'output-only' ? (whole ? 30 : 1) : 0;
      if (!style.silent || Math.floor(from.level) % 3 !== 0) {
        if (style.reveals === 'nothing') sent.push({ output: 'moved', key: first, value: { amount: amount + off } });
        else {
          const value = { level: shown(from.level + off) };
          if (to === null) sent.push({ output: 'moved', key: first, value });
          else if (style.several) {
            sent.push({ output: 'moved', key: first, value });
            sent.push({ output: 'moved', key: second ?? '', value: { level: shown(to.level) } });
          } else
            sent.push({
              output: 'moved',
              key: first,
              value: { ...value, to: { key: second, level: shown(to.level) } },
            });
        }
      }
      if (style.several && amount > 100) sent.push({ output: 'booked', key: first, value: { amount } });
      const isAbove = from.level > limit;
      if (style.several && wasAbove !== isAbove) sent.push({ output: 'alert', key: first, value: { raised: isAbove } });
      if (style.several && isAbove && !wasAbove) sent.push({ output: 'letter', key: first, value: { to: first } });
      if (slip === 'state-only') from.level = whole ? Math.abs(from.level - 37) : from.level + 5;
      return sent;
    },
    states: () =>
      [...accounts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, { level, seen, peak }]) => ({ key, state: style.hidden ? { level, seen, peak } : { level } })),
  };
}

function believed(amount: number, slip: Slip | null): number {
  switch (slip) {
    case 'sign':
      return 0 - amount;
    case 'unit':
      return amount * 10;
    case 'ignored':
      return 0;
    default:
      return amount;
  }
}
