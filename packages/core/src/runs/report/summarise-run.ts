import { totalAccounts, type PartitionAccount, type AccountTotals } from '../../model/accounts/accounts.js';
import { combineOutputChains, emptyOutputChain } from '../../engine/digest/output-digest.js';
import { partitionKey } from '../../model/log/partition-id.js';
import { StateDigest } from '../../engine/digest/state-digest.js';
import { completeOutputChain } from '../../engine/fold/output-journal.js';
import { newFlagCounts, orderCounts } from '../../engine/order/assign-order.js';
import type { OrderCounts } from '../../model/order/order-spec.js';
import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { LaneHead, RunStore } from '../../engine/store/run-store.js';

/** What a run has come to, derived from its store alone. */
export interface RunSummary {
  readonly done: boolean;
  /** Of the log. */
  readonly accounts: readonly PartitionAccount[];
  readonly totals: AccountTotals;
  /** Of stand-ins from the records of other systems, a source each: beside the accounts of the log, never in them. */
  readonly standIns: readonly PartitionAccount[];
  readonly order: OrderCounts;
  readonly stateKeys: number;
  readonly stateDigest: string;
  readonly outputs: number;
  readonly outputsDigest: string;
  readonly quarantined: number;
  readonly negativeZeros: number;
}

export function summariseRun(spec: ReplaySpec, store: RunStore): RunSummary {
  const lanes = lanesOf(spec).map(({ lane }) => store.lane(lane));
  const heads = lanes.flatMap(({ head }) => (head === null ? [] : [head]));
  const baseline = store.baseline();
  const digest = StateDigest.fromHex(baseline?.digest ?? '0'.repeat(64));
  for (const head of heads) digest.add(head.stateDelta);
  const external = new Set(spec.partitions.filter((one) => one.standIns === true).map(({ id }) => partitionKey(id)));
  const all = heads.flatMap(accountsOf);
  const accounts = all.filter((account) => !external.has(partitionKey(account)));
  return {
    done: lanes.every(({ head }) => head?.done === true),
    accounts,
    totals: totalAccounts(accounts),
    standIns: all.filter((account) => external.has(partitionKey(account))),
    order: sumOrder(heads),
    stateKeys: heads.reduce((sum, head) => sum + head.keysDelta, baseline?.keys ?? 0),
    stateDigest: digest.toHex(),
    outputs: sum(heads, (head) => head.outputs),
    outputsDigest: combineOutputChains(
      lanes.map((lane) => completeOutputChain(lane.head?.outputChain ?? emptyOutputChain, lane.openChunk())),
    ),
    quarantined: sum(heads, (head) => head.quarantined),
    negativeZeros: sum(heads, (head) => head.negativeZeros),
  };
}

function accountsOf(head: LaneHead): readonly PartitionAccount[] {
  return head.partitions.map(
    ({ source, topic, incarnation, partition, start, next, applied, skipped, quarantined, unavailable, repeated }) => ({
      source,
      topic,
      incarnation,
      partition,
      range: { from: start, to: next },
      applied,
      skipped,
      quarantined,
      unavailable,
      repeated,
    }),
  );
}

function sumOrder(heads: readonly LaneHead[]): OrderCounts {
  const counts = newFlagCounts();
  for (const head of heads) head.orderFlags.forEach((count, flag) => (counts[flag] = (counts[flag] ?? 0) + count));
  return orderCounts(counts);
}

function sum(heads: readonly LaneHead[], of: (head: LaneHead) => number): number {
  return heads.reduce((total, head) => total + of(head), 0);
}
