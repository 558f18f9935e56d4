import { createRecentIds } from '../../evidence/reference-replay/recent-ids.js';
import { evaluateOne } from '../../evidence/reference-replay/evaluate-one.js';
import type { WalkedEvent } from '../../evidence/reference-replay/walk-partition.js';
import { sameJson } from '../../model/json/same-json.js';
import { EventPage } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { EmittedOutput } from '../../worker/worker-instance.js';

/** An event as the service of a drill comes to it, with the keys that it names. */
export interface ComingEvent {
  readonly partition: PartitionId;
  readonly event: WalkedEvent;
  readonly keys: readonly string[];
}

/** What one handling of an event does; `id` is remembered for the worker's deduplication. */
export interface Handling {
  readonly writes: readonly { readonly key: string; readonly state: unknown }[];
  readonly outputs: readonly EmittedOutput[];
  readonly keys: readonly string[];
  readonly id: string | null;
}

/** States of the service over those that it has; to try what another order of handlings would do. */
type Overlay = ReadonlyMap<string, unknown>;

/** A worker with the states of a service: it says what a handling would do, and does it. */
export interface ServiceHandler {
  readonly states: ReadonlyMap<string, unknown>;
  /** Null where nothing comes of it: a duplicate, or a handler that fails. Changes nothing. */
  evaluate(
    coming: ComingEvent,
    options?: { readonly worker?: OpenWorker; readonly over?: Overlay },
  ): Promise<Handling | null>;
  apply(handling: Handling): void;
}

/** @param initial states as they are stored */
export function serviceHandler(worker: OpenWorker, initial: Iterable<readonly [string, unknown]>): ServiceHandler {
  const states = new Map(initial);
  const { deduplicate } = worker.worker;
  const recentIds = deduplicate === undefined ? null : createRecentIds(deduplicate.window);
  const quarantinedKeys: ReadonlySet<string> = new Set();
  return {
    states,
    async evaluate({ event, partition }, { worker: other = worker, over } = {}) {
      const read = (key: string) => (over?.has(key) === true ? over.get(key) : states.get(key));
      const context = {
        states: { read },
        recentIds,
        scope: null,
        hasSeen: null,
        claimKeys: () => undefined,
        quarantinedKeys,
      };
      const evaluation = await evaluateOne(event, partition, other, context);
      if (evaluation.kind !== 'applied') return null;
      const { effects, keys, id } = evaluation;
      // What the worker gives is its own, and used again for the next event.
      const writes = effects.writes.map(({ key, state }) => ({ key, state }));
      return { writes, outputs: [...effects.outputs], keys: [...keys], id };
    },
    apply({ writes, id }) {
      recentIds?.add(id);
      for (const { key, state } of writes) {
        if (state === undefined) states.delete(key);
        else states.set(key, state);
      }
    },
  };
}

/** Whether anybody could notice that it was handled: a state changes, or something is sent. */
export function isNoticeable({ writes, outputs }: Handling, states: Overlay): boolean {
  return outputs.length > 0 || writes.some(({ key, state }) => !sameJson(state ?? null, states.get(key) ?? null));
}

export function sameHandling(one: Handling, other: Handling): boolean {
  const { writes, outputs } = one;
  if (writes.length !== other.writes.length || outputs.length !== other.outputs.length) return false;
  return (
    sameJson(writes.map(plainWrite), other.writes.map(plainWrite)) &&
    sameJson(outputs.map(plainOutput), other.outputs.map(plainOutput))
  );
}

/** The same event with another value, as a faulty handler understands it. */
export function withValue({ partition, event, keys }: ComingEvent, value: unknown): ComingEvent {
  const { page, index, offset } = event;
  const key = page.keys[index] ?? null;
  const altered = new EventPage({
    offsets: [offset],
    timestamps: [page.timestamps[index] as number],
    keys: [key],
    headers: page.headers === null ? null : [page.headers[index] ?? null],
    decodeValues: () => ({ values: [value], undecodable: null }),
    valueBytes: () => Buffer.from(JSON.stringify(value), 'utf8'),
    keyBytes: () => page.keyBytes(index),
  });
  return { partition, keys, event: { ...event, page: altered, index: 0 } };
}

function plainWrite({ key, state }: Handling['writes'][number]) {
  return { key, state: state ?? null, gone: state === undefined };
}

function plainOutput({ output, key, businessId, value }: EmittedOutput) {
  return { output, key, businessId, value };
}
