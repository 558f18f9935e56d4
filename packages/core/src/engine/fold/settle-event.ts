import type { HandlerEffects } from '../../worker/worker-instance.js';
import type { WorkerEvent } from '../../worker/worker.js';
import type { ProvenanceId } from '../provenance/provenance-sets.js';
import type { LaneLedger } from './lane-ledger.js';
import type { StateEntry } from './state-cache.js';

/**
 * The event succeeded: its writes, outputs and provenance take effect together. Each state that it wrote joins the
 * provenance of those that it read. A state that it did not write joins what is doubtful of that: a handler that refuses for a
 * state that is wrong would have written the others for the right one.
 * @param entries of the keys of the event
 */
export function settleEvent(
  ledger: LaneLedger,
  entries: readonly StateEntry[],
  segment: number,
  event: Pick<WorkerEvent, 'topic' | 'partition' | 'offset'>,
  now: number,
  effects: HandlerEffects,
): void {
  const { writes, outputs, reads } = effects;
  const { sets, cache } = ledger;
  let joined: ProvenanceId = ledger.causesOfSegment(segment);
  for (let index = 0; index < reads.length; index++) {
    joined = sets.join(joined, ledger.carriedBy(entryOf(entries, reads[index] as string)));
  }
  if (writes.length < entries.length) ledger.doubt(entries, joined);
  for (let index = 0; index < writes.length; index++) {
    const write = writes[index] as HandlerEffects['writes'][number];
    const entry = entryOf(entries, write.key);
    entry.state = write.state;
    entry.provenance = sets.join(joined, ledger.carriedBy(entry));
    if (!entry.dirty) cache.markDirty(entry);
  }
  for (let index = 0; index < outputs.length; index++) {
    const output = outputs[index] as HandlerEffects['outputs'][number];
    ledger.journal.append(event, now, index === 0 ? 0 : ordinalOf(outputs, index), output);
  }
}

function entryOf(entries: readonly StateEntry[], key: string): StateEntry {
  const { length } = entries;
  for (let index = 0; index < length; index++) {
    const entry = entries[index] as StateEntry;
    if (entry.key === key) return entry;
  }
  throw new Error(`the worker let an undeclared key through: ${key}`);
}

/** How many earlier outputs of the same event have the same name and key. */
function ordinalOf(outputs: HandlerEffects['outputs'], index: number): number {
  const output = outputs[index] as HandlerEffects['outputs'][number];
  let ordinal = 0;
  for (let before = 0; before < index; before++) {
    const other = outputs[before] as HandlerEffects['outputs'][number];
    if (other.output === output.output && other.key === output.key) ordinal++;
  }
  return ordinal;
}
