import { RecoveryError, type LongWork, type Position } from '@eventmend/core';
import {
  placeOnLog,
  specBetween,
  orderMayMatter,
  type PreparedInputs,
  beginningOf,
  endOf,
  coverPartitions,
  lostOf,
  offsetsOf,
  jobModule,
  runJob,
} from '@eventmend/core/engine';
import orderSensitivityJob, { type NamedStates } from './order-sensitivity-job.js';
import {
  defaultSensitivity,
  type OrderSensitivity,
  type SensitivityOptions,
  type NotMeasuredReason,
} from './order-sensitivity.js';

export interface OrderSensitivityInput {
  readonly prepared: PreparedInputs;
  /** The last snapshot that is known to be right, and its position; null for the beginning of the log. */
  readonly start: { readonly id: string; readonly position: Position } | null;
  readonly options?: Partial<SensitivityOptions>;
}

/**
 * Measures which keys depend on how the partitions were interleaved, where nobody recorded it: replays in the canonical
 * order and in other permissible ones, up to the live state or else the end of the log. It shows that an order matters,
 * and by how much; that none does is only shown for the orders that were tried. Writes nothing.
 * @throws RecoveryError `interrupted` when it was stopped, the error of the worker for a fault of it under the policy
 *   `stop`
 */
export async function measureOrderSensitivity(input: OrderSensitivityInput, work: LongWork): Promise<OrderSensitivity> {
  const { prepared, start } = input;
  const { facts, survey } = prepared;
  const options = { ...defaultSensitivity, ...input.options };
  const settled = whyOrderIsSettled(prepared);
  if (settled !== null) return notMeasured(settled, options);
  if (start !== null && facts.worker.deduplicate !== undefined) {
    return notMeasured({ kind: 'deduplication-window' }, options);
  }
  const from = start?.position ?? beginningOf(survey);
  const live = await liveBehind(prepared, from);
  const end = live?.position ?? endOf(survey);
  const gaps = lostOf(coverPartitions(survey, from, end));
  if (gaps.length > 0) return notMeasured({ kind: 'gaps', gaps: gaps.slice(0, 3) }, options);
  const spec = specBetween(prepared, from, end, start === null ? 'genesis' : 'declared');
  const startVersion = prepared.snapshots.candidates.find(({ description }) => description.id === start?.id);
  const request = {
    spec,
    start: start === null ? null : { id: start.id, stateVersion: startVersion?.description.stateVersion ?? 1 },
    live: live?.states ?? null,
    options,
  };
  const { situation } = prepared;
  const told = await runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#order-sensitivity-job'),
      job: orderSensitivityJob,
      request: (forced) => ({ ...request, forced }),
      sources: { snapshots: situation.snapshots, live: situation.live },
      spec,
      phase: 'diagnose',
      total: (options.members + 1) * offsetsOf(spec),
    },
    work,
  );
  if (told === null || work.signal?.aborted === true) {
    throw new RecoveryError('interrupted', 'stopped before the order sensitivity was measured', {
      hint: 'run the same command again',
    });
  }
  return told;
}

function whyOrderIsSettled({ situation, facts, survey }: PreparedInputs): NotMeasuredReason | null {
  if (situation.order.by !== 'time') return { kind: 'order-given' };
  if (!orderMayMatter(situation.order, facts.locality)) return { kind: 'partition-local' };
  if (survey.partitions.length < 2) return { kind: 'one-partition' };
  return null;
}

/** The live state where its position lies behind the start. */
async function liveBehind(
  { situation: { live }, survey }: PreparedInputs,
  from: Position,
): Promise<{ readonly states: NamedStates; readonly position: Position } | null> {
  const [described] = live === null ? [] : (await live.list()).snapshots;
  if (described === undefined) return null;
  const placed = placeOnLog(described.position, survey);
  if ('kind' in placed || placed.some((part, place) => part.next < (from[place]?.next ?? 0))) return null;
  return { states: { id: described.id, stateVersion: described.stateVersion }, position: placed };
}

function notMeasured(reason: NotMeasuredReason, { seed, members, lagMs }: SensitivityOptions): OrderSensitivity {
  return {
    notMeasured: reason,
    seed,
    members,
    lagMs,
    keys: { independent: 0, sameInSamples: 0, sensitive: 0, notLookedAt: 0 },
    live: null,
    sensitive: [],
  };
}
