import { RecoveryError } from '@eventmend/core';
import type { TargetRequest } from '@eventmend/core/engine';
import { parseInstant } from '@eventmend/core/incident';

export interface TargetOptions {
  readonly targetTime?: string;
  readonly targetOffsets?: string;
  readonly targetEvent?: string;
}

/** Where a replay shall stop, from the options of a command; the end of the log where none is given. */
export function parseTarget(options: TargetOptions): TargetRequest {
  const { targetTime, targetOffsets, targetEvent } = options;
  if ([targetTime, targetOffsets, targetEvent].filter((text) => text !== undefined).length > 1) {
    throw new RecoveryError('invalid-argument', 'a replay has one target', {
      hint: 'give only one of --target-time, --target-offsets and --target-event',
    });
  }
  if (targetTime !== undefined) return { kind: 'time', time: timeOf(targetTime) };
  if (targetEvent !== undefined) return { kind: 'event', ...eventOf(targetEvent) };
  if (targetOffsets !== undefined) return { kind: 'offsets', offsets: offsetsOf(targetOffsets) };
  return { kind: 'end' };
}

function timeOf(text: string): number {
  const time = parseInstant(text);
  if (time === null) throw wrong('--target-time', text, 'a moment such as 2026-11-19T09:12:00Z');
  return time;
}

function eventOf(text: string): { readonly topic: string; readonly partition: number; readonly offset: number } {
  const match = /^(.+)\[(\d{1,9})\]@(\d{1,16})$/.exec(text.trim());
  const offset = Number(match?.[3]);
  if (match === null || !Number.isSafeInteger(offset))
    throw wrong('--target-event', text, 'an event such as orders[3]@18204933');
  return { topic: match[1] ?? '', partition: Number(match[2]), offset };
}

function offsetsOf(text: string) {
  const seen = new Set<string>();
  return text.split(',').map((part) => {
    const match = /^(?:(.+)\[(\d{1,9})\]|p(\d{1,9}))=(\d{1,16})$/.exec(part.trim());
    const next = Number(match?.[4]);
    if (match === null || !Number.isSafeInteger(next))
      throw wrong('--target-offsets', part, 'offsets such as p0=1200,p1=900 or orders[0]=1200');
    const topic = match[1];
    const partition = Number(match[2] ?? match[3]);
    const place = `${topic ?? ''}[${partition}]`;
    if (seen.has(place)) throw wrong('--target-offsets', part, 'each partition once');
    seen.add(place);
    return { ...(topic !== undefined && { topic }), partition, next };
  });
}

function wrong(option: string, text: string, expected: string): RecoveryError {
  return new RecoveryError('invalid-argument', `${option} ${JSON.stringify(text)} is not understood`, {
    hint: `give ${expected}`,
  });
}
