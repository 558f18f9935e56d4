import { migrateState, comparableState, OrderIndependentKeys } from '@eventmend/core/engine';
import type { SnapshotRow } from '@eventmend/core';
import { chooseCanonical, type ChooseNext } from '../interleaving/choose-next.js';
import { openInterleaved, type InterleavedRequest, type ReplayListener } from '../interleaving/interleaved-replay.js';
import { statesAtStart, type StartingStates } from '../interleaving/states-at-start.js';
import { fieldSpreads, standingOf } from './key-spread.js';
import type { OrderSensitivity, SensitiveKey, SensitivityOptions, StandingOfLive } from './order-sensitivity.js';
import { permittedOrder } from './permitted-orders.js';

export interface MeasurementRequest extends Pick<InterleavedRequest, 'spec' | 'inputs' | 'forced' | 'control'> {
  readonly start: StartingStates | null;
  /** The live states at the end of the replay; null where there are none to compare. */
  readonly live: { readonly stateVersion: number; rows(): AsyncIterable<SnapshotRow> } | null;
  readonly options: SensitivityOptions;
}

/**
 * Replays in the canonical order and in some other permissible ones, and compares the states that they end in. Memory
 * follows the keys, and the distinct states of the sensitive ones. Null when it was stopped.
 */
export async function measureInReplay(request: MeasurementRequest): Promise<OrderSensitivity | null> {
  const { spec, inputs, options } = request;
  const independent = new OrderIndependentKeys();
  if (inputs.instance.worker.deduplicate !== undefined) independent.doubt(null);
  const canonical = await endOfReplay(request, chooseCanonical, {
    handled: ({ keys, place }) => {
      independent.connect(
        place,
        keys.map((key) => ({ key })),
      );
    },
    parked: (keys) => {
      independent.doubt(keys);
    },
  });
  if (canonical === null) return null;
  const comparableText = (states: ReadonlyMap<string, unknown>, key: string): string | null =>
    states.has(key) ? comparableState(inputs.instance, states.get(key), key) : null;
  const open = [...independent.keys()].filter((key) => !independent.has(key));
  const looked = open.slice(0, options.keys);
  // One list a key; the distinct states only.
  const states = new Map(looked.map((key) => [key, [comparableText(canonical, key)]]));
  for (let member = 1; member <= options.members; member++) {
    const ended = await endOfReplay(request, permittedOrder(options.seed, member, options.lagMs), {});
    if (ended === null) return null;
    for (const [key, distinct] of states) {
      const text = comparableText(ended, key);
      if (!distinct.includes(text)) distinct.push(text);
    }
  }
  const live = await standings(request, states);
  const sensitive = [...states].filter(([, distinct]) => distinct.length > 1);
  const counted = (standing: StandingOfLive): number =>
    [...(live?.values() ?? [])].filter((one) => one === standing).length;
  return {
    notMeasured: null,
    seed: options.seed,
    members: options.members,
    lagMs: options.lagMs,
    keys: {
      independent: independentKeys(independent, canonical),
      sameInSamples: states.size - sensitive.length,
      sensitive: sensitive.length,
      notLookedAt: open.length - looked.length,
    },
    live: live === null ? null : { among: counted('among'), within: counted('within'), beyond: counted('beyond') },
    sensitive: sensitive
      .map(([key, distinct]): SensitiveKey => ({
        key,
        states: distinct.length,
        spread: fieldSpreads(distinct),
        live: live?.get(key) ?? null,
      }))
      .sort((a, b) => b.states - a.states || (a.key < b.key ? -1 : 1))
      .slice(0, options.listed),
  };

  async function endOfReplay(
    { forced, start, control }: MeasurementRequest,
    choose: ChooseNext,
    listener: ReplayListener,
  ): Promise<ReadonlyMap<string, unknown> | null> {
    const reached = await statesAtStart(start, inputs.instance.worker);
    const replay = await openInterleaved({ spec, inputs, forced, states: reached, choose, listener, control });
    try {
      return (await replay.runUntil(spec.partitions.map(({ target }) => target))) ? reached : null;
    } finally {
      replay.close();
    }
  }
}

/** Keys with a state, or named by an event, that are not open to the order. */
function independentKeys(independent: OrderIndependentKeys, states: ReadonlyMap<string, unknown>): number {
  let count = 0;
  for (const key of states.keys()) if (independent.has(key)) count++;
  return count;
}

async function standings(
  { live, inputs: { instance } }: MeasurementRequest,
  states: ReadonlyMap<string, readonly (string | null)[]>,
): Promise<ReadonlyMap<string, StandingOfLive> | null> {
  if (live === null) return null;
  const found = new Map<string, StandingOfLive>();
  for await (const { key, state } of live.rows()) {
    const distinct = states.get(key);
    if (distinct === undefined) continue;
    const recorded = comparableState(instance, migrateState(instance.worker, state, live.stateVersion, key), key);
    found.set(key, standingOf(recorded, distinct));
  }
  for (const [key, distinct] of states) if (!found.has(key)) found.set(key, standingOf(null, distinct));
  return found;
}
