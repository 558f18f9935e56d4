import { EventPage, type PartitionId } from '@eventmend/core';
import type { EstimatedEvent, WalkedEvent } from '@eventmend/core/engine';

/**
 * An event of the history as one of a gap: with another time and offset, and a source of its own, so that it is never taken for a
 * real one and the random numbers of its handler are its own. What its value says of times and ids stays as it was.
 * @param source names the draw
 */
export function syntheticEvent(
  { page, index }: WalkedEvent,
  partition: PartitionId,
  source: string,
  offset: number,
  time: number,
): { readonly event: WalkedEvent; readonly partition: PartitionId } {
  const undecodable = page.undecodable?.get(index);
  const inexact = page.inexact?.get(index);
  const alone = new EventPage({
    offsets: [offset],
    timestamps: [time],
    keys: [page.keys[index] ?? null],
    headers: page.headers === null ? null : [page.headers[index] ?? null],
    decodeValues: () => ({
      values: [page.values[index]],
      undecodable: undecodable === undefined ? null : new Map([[0, undecodable]]),
      inexact: inexact === undefined ? null : new Map([[0, inexact]]),
    }),
    valueBytes: () => page.valueBytes(index),
    keyBytes: () => page.keyBytes(index),
  });
  return { event: { offset, page: alone, index: 0, effective: time, now: time }, partition: { ...partition, source } };
}

/** An event of the history at another time, as it is handed to a plan. */
export function estimatedEvent({ page, index }: WalkedEvent, topic: string, time: number): EstimatedEvent {
  return {
    ...{ topic, time },
    key: page.keys[index] ?? null,
    headers: page.headers?.[index] ?? null,
    value: valueText(page, index),
  };
}

/** The JSON text as it stood in the log, digits and all; of another format what was decoded. */
function valueText(page: EventPage, index: number): string {
  const bytes = page.valueBytes(index);
  if (bytes === null) return 'null';
  const text = Buffer.from(bytes).toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(page.values[index]);
  }
}
