import {
  OutputValues,
  type ForcedQuarantine,
  type ReplayInputs,
  type ReplaySpec,
  type RunControl,
} from '@eventmend/core/engine';
import type { ProcessedLedger, RecordedOutputs } from '@eventmend/core';
import type { Fault } from '../fault.js';
import { refOf } from '../follow/event-ref.js';
import { LogWalk, type WalkedEvent } from '../follow/walk-log.js';
import { wrongFromAnyState } from '../follow/wrong-from-any-state.js';
import { comparableRecords } from '../records/comparable-records.js';
import { PlaceIndex } from '../records/place-index.js';
import { countLedger } from './count-ledger.js';
import { countOutputs } from './count-outputs.js';
import { judgeNoted } from './judge-noted.js';
import { RecordedJudge, type RecordedFault } from './judge-recorded.js';

export interface CountedRequest {
  readonly spec: ReplaySpec;
  /** By place: the exclusive end up to which the service is known to have read; null where nothing says so. */
  readonly readUpTo: readonly number[] | null;
  /** Null for all keys. */
  readonly scope: readonly string[] | null;
  readonly forced: readonly ForcedQuarantine[];
}

/** Records that stand in no order; null for those that are not there, or stand in some. */
export interface CountedSources {
  readonly ledger: ProcessedLedger | null;
  readonly outputs: RecordedOutputs | null;
}

const eventsBetweenReports = 1024;

/**
 * What records prove of single events in whatever order they stand. An event that a ledger names at two times, or of which outputs
 * contradict each other, was handled twice; one that the ledger does not name, behind events that it names and before where the service
 * has read, was missed; an output that is wrong from whatever state is wrong. Null when it was stopped.
 */
export async function tellCounted(
  { spec, readUpTo, scope, forced }: CountedRequest,
  inputs: ReplayInputs,
  { ledger, outputs }: CountedSources,
  control: RunControl,
): Promise<readonly Fault[] | null> {
  const places = new PlaceIndex(spec.partitions.map(({ id }) => id));
  // A delivery that comes under the business id of another need not be handled, and may be noted all the same.
  const isLedgerPlain = inputs.instance.worker.deduplicate === undefined;
  const noted = ledger === null || !isLedgerPlain ? null : await countLedger(ledger, places, spec.partitions.length);
  const values = new OutputValues(inputs.instance.worker.outputs);
  const rows =
    outputs === null ? null : await countOutputs(comparableRecords(outputs, values), places, spec.partitions.length);
  if (noted === null && rows === null) return [];
  const recorded = rows === null ? null : new RecordedJudge(rows, inputs, control);
  const keys = scope === null ? null : new Set(scope);
  const faults: Fault[] = [];
  /** Those that a handler was asked for. */
  const asked = new Map<Fault, { readonly walked: WalkedEvent; readonly shown: RecordedFault }>();
  let unreported = 0;
  const ends = readUpTo ?? spec.partitions.map(({ target }) => target);
  const reading = { isRead: readUpTo !== null, mayBeParked: spec.poison !== 'stop' };
  const walk = new LogWalk(spec, inputs, ends, { apart: true, forced });
  try {
    for (const place of spec.partitions.keys()) {
      const judge = noted === null ? () => null : judgeNoted(noted, place, reading);
      for (;;) {
        const loading = walk.load(place);
        if (loading !== undefined) await loading;
        const walked = walk.peek(place);
        if (walked === null) break;
        walk.step();
        if (walked.fault === null && (keys === null || walked.keys.some((key) => keys.has(key)))) {
          const kind = judge(walked);
          const shown = (await recorded?.judge(walked)) ?? null;
          if (kind !== null) faults.push(faultOf(walked, kind, notedEvidence[kind]));
          else if (shown !== null) {
            const fault = recordedFaultOf(walked, shown);
            faults.push(fault);
            asked.set(fault, { walked, shown });
          }
        }
        if (++unreported < eventsBetweenReports) continue;
        control.progress(unreported, 0);
        unreported = 0;
        if (control.stopRequested) return null;
      }
    }
    control.progress(unreported, 0);
    const held: Fault[] = [];
    for (const fault of faults) {
      if (control.stopRequested) return null;
      const why = asked.get(fault);
      if (why === undefined || (await recorded?.holdsStill(why.walked, why.shown)) === true) held.push(fault);
    }
    return control.stopRequested ? null : held;
  } finally {
    control.idle();
    walk.close();
  }
}

const notedEvidence = {
  missed: 'the ledger does not name it',
  twice: 'the ledger names it at two times of their own',
} as const;

function recordedFaultOf(walked: WalkedEvent, shown: RecordedFault): Fault {
  switch (shown.kind) {
    case 'twice':
      return faultOf(
        walked,
        'twice',
        'its outputs were recorded with different contents, which one handling does not leave',
      );
    case 'wrong':
      return faultOf(walked, 'wrong', wrongFromAnyState(shown.difference), shown.difference);
  }
}

function faultOf(
  walked: WalkedEvent,
  kind: Fault['kind'],
  evidence: string,
  difference: Fault['difference'] = null,
): Fault {
  const { now, keys } = walked;
  const time = Number.isFinite(now) ? now : null;
  return { kind, event: refOf(walked), time, keys, other: null, evidence, difference };
}
