import { isPlainObject, type FactField, type StateFact } from '../../model/records/state-fact.js';
import type { PartitionLedger } from '../accounts/partition-ledger.js';
import type { LaneLedger } from './lane-ledger.js';
import type { LaneOptions } from './lane.js';
import type { StateEntry } from './state-cache.js';

/** Takes the fact that is next in its books, unless the judge says otherwise. */
export function takeFact(
  { ledger, factJudge }: Pick<LaneOptions, 'ledger' | 'factJudge'>,
  account: PartitionLedger,
  offset: number,
  key: string,
  segment: number,
  fact: StateFact,
): void {
  const entry = ledger.cache.get(key);
  if (factJudge?.isTaken(account.id, offset, key, entry.state, ledger.isReached(entry)) !== false) {
    assignFact(ledger, entry, segment, fact);
  }
  account.applied++;
}

/** Sets what a fact states. All of a state takes the place of its provenance; fields add to it, and make nothing whole. */
function assignFact(ledger: LaneLedger, entry: StateEntry, segment: number, fact: StateFact): void {
  const { sets, cache } = ledger;
  if ('state' in fact) {
    entry.state = fact.state;
    if (fact.resets) ledger.reset(entry, segment);
  } else {
    entry.state = withFields(entry.state, fact.fields);
  }
  if (!('state' in fact) || !fact.resets) {
    entry.provenance = sets.join(ledger.causesOfSegment(segment), ledger.carriedBy(entry));
  }
  cache.markDirty(entry);
}

/** Where the state is no object, or a field of none, nothing is set. */
function withFields(state: unknown, fields: readonly FactField[]): unknown {
  return fields.reduce((changed, [path, value]) => withField(changed, path, value), state);
}

function withField(state: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined || !isPlainObject(state)) return state;
  if (rest.length === 0) return { ...state, [name]: value };
  return isPlainObject(state[name]) ? { ...state, [name]: withField(state[name], rest, value) } : state;
}
