import type { Gap, PartitionLedger } from '../accounts/partition-ledger.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { ForcedQuarantine } from '../store/run-store.js';
import type { LaneOptions } from './lane.js';
import { damagedError } from './gap-error.js';
import type { StateEntry } from './state-cache.js';

type QuarantiningLane = Pick<LaneOptions, 'ledger' | 'poison' | 'observer'>;

/**
 * Parks the event that is next in its books whole: it has no effect, and all keys that it names carry the mark.
 * @param entries of the keys that it names; empty where nobody knows them, and then every key of the lane carries it
 */
export function quarantineEvent(
  lane: QuarantiningLane,
  account: PartitionLedger,
  entries: readonly StateEntry[],
  code: string,
  reason: string,
): void {
  if (lane.poison === 'quarantine-key') for (const entry of entries) lane.ledger.block(entry.key);
  recordQuarantined(lane, account, entries, code, reason);
}

/** Parks an event because of an earlier one that named one of its keys. */
export function quarantineBlocked(
  lane: QuarantiningLane,
  account: PartitionLedger,
  entries: readonly StateEntry[],
  blocking: string,
): void {
  const reason = `key ${JSON.stringify(blocking)} is in quarantine since an earlier event`;
  recordQuarantined(lane, account, entries, 'blocked', reason);
}

/**
 * Parks the records of a range that cannot be read. Nobody knows which keys they name, so every key of the lane carries it.
 * @throws RecoveryError `damaged-records` where the policy parks nothing
 */
export function quarantineDamaged({ poison, ledger, observer }: QuarantiningLane, gap: Gap): void {
  if (poison === 'stop') throw damagedError(gap);
  ledger.markAll({ kind: 'quarantine', reason: 'damaged' });
  for (let offset = gap.from; offset < gap.to; offset++) {
    ledger.quarantine({ partition: gap.id, offset, keys: null, code: 'damaged', reason: 'the record cannot be read' });
    observer?.parked(gap.id, offset, null);
  }
}

function recordQuarantined(
  { ledger, observer }: QuarantiningLane,
  account: PartitionLedger,
  entries: readonly StateEntry[],
  code: string,
  reason: string,
): void {
  const known = entries.length > 0;
  const cause = { kind: 'quarantine', reason: code } as const;
  if (known) ledger.mark(entries, cause);
  else ledger.markAll(cause);
  const keys = known ? entries.map((entry) => entry.key) : null;
  ledger.quarantine({ partition: account.id, offset: account.next, keys, code, reason });
  observer?.parked(account.id, account.next, keys);
  account.quarantined++;
}

/** Events that are to be parked without asking the worker: an earlier attempt did not come back from them. */
export class ForcedEvents {
  readonly #reasons: ReadonlyMap<string, string>;

  constructor(forced: readonly ForcedQuarantine[]) {
    this.#reasons = new Map(forced.map(({ partition, offset, reason }) => [locationKey(partition, offset), reason]));
  }

  get none(): boolean {
    return this.#reasons.size === 0;
  }

  reasonFor(partition: ForcedQuarantine['partition'], offset: number): string | undefined {
    return this.#reasons.size === 0 ? undefined : this.#reasons.get(locationKey(partition, offset));
  }
}

function locationKey(partition: ForcedQuarantine['partition'], offset: number): string {
  return `${partitionKey(partition)}@${offset}`;
}
