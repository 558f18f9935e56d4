import type { ForcedQuarantine, ReplayInputs, ReplaySpec, RunControl } from '@eventmend/core/engine';
import type { ProcessedLedger } from '@eventmend/core';
import type { Fault } from '../fault.js';
import { refOf } from '../follow/event-ref.js';
import { LogWalk, type WalkedEvent } from '../follow/walk-log.js';
import { PlaceIndex } from '../records/place-index.js';
import { countLedger, type LedgerCounts } from './count-ledger.js';

export interface CountedRequest {
  readonly spec: ReplaySpec;
  /** By place: the exclusive end up to which the service is known to have read; null where nothing says so. */
  readonly readUpTo: readonly number[] | null;
  /** Null for all keys. */
  readonly scope: readonly string[] | null;
  readonly forced: readonly ForcedQuarantine[];
}

/** So many events in a row that a ledger names show that it speaks of all that follow in their partition. */
const inARow = 3;

const eventsBetweenReports = 1024;

/**
 * What a ledger proves in whatever order it stands: an event that it names at two times was handled twice, and one that it
 * does not name, behind events that it names and before where the service has read, was missed. Null when it was stopped.
 */
export async function tellCounted(
  { spec, readUpTo, scope, forced }: CountedRequest,
  inputs: ReplayInputs,
  ledger: ProcessedLedger,
  control: RunControl,
): Promise<readonly Fault[] | null> {
  // A delivery that comes under the business id of another need not be handled, and may be noted all the same.
  if (inputs.instance.worker.deduplicate !== undefined) return [];
  const places = new PlaceIndex(spec.partitions.map(({ id }) => id));
  const counts = await countLedger(ledger, places, spec.partitions.length);
  const keys = scope === null ? null : new Set(scope);
  const faults: Fault[] = [];
  let unreported = 0;
  const ends = readUpTo ?? spec.partitions.map(({ target }) => target);
  const walk = new LogWalk(spec, inputs, ends, { apart: true, forced });
  try {
    for (const place of spec.partitions.keys()) {
      const judge = judgeEvents(counts, place, { isRead: readUpTo !== null, mayBeParked: spec.poison !== 'stop' });
      for (;;) {
        const loading = walk.load(place);
        if (loading !== undefined) await loading;
        const walked = walk.peek(place);
        if (walked === null) break;
        walk.step();
        const kind = walked.fault === null ? judge(walked) : null;
        if (kind !== null && (keys === null || walked.keys.some((key) => keys.has(key)))) {
          faults.push(faultOf(kind, walked));
        }
        if (++unreported < eventsBetweenReports) continue;
        control.progress(unreported, 0);
        unreported = 0;
        if (control.stopRequested) return null;
      }
    }
    control.progress(unreported, 0);
    return control.stopRequested ? null : faults;
  } finally {
    control.idle();
    walk.close();
  }
}

/** Says of the events of a partition, one after the other, what the ledger shows to be wrong with them. */
function judgeEvents(
  { noted, hasUnplaced }: LedgerCounts,
  place: number,
  { isRead, mayBeParked }: { readonly isRead: boolean; readonly mayBeParked: boolean },
): (walked: WalkedEvent) => 'missed' | 'twice' | null {
  const own = noted[place] ?? new Map<number, never>();
  let highest = -1;
  for (const offset of own.keys()) highest = Math.max(highest, offset);
  let row = 0;
  return ({ offset }) => {
    const known = own.get(offset);
    if (known !== undefined) {
      if (row < inARow) row++;
      return known.isNotedApart ? 'twice' : null;
    }
    if (row < inARow) {
      row = 0;
      return null;
    }
    return hasUnplaced || mayBeParked || !(isRead || offset < highest) ? null : 'missed';
  };
}

const evidence = {
  missed: 'the ledger does not name it',
  twice: 'the ledger names it at two times of their own',
} as const;

function faultOf(kind: keyof typeof evidence, walked: WalkedEvent): Fault {
  const { now, keys } = walked;
  const time = Number.isFinite(now) ? now : null;
  return { kind, event: refOf(walked), time, keys, other: null, evidence: evidence[kind], difference: null };
}
