import { compareText } from '../../model/log/partition-id.js';
import { setImmediate } from 'node:timers/promises';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { RecordedEventRef, RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type {
  Correction,
  CorrectionAction,
  CorrectionCounts,
  CorrectionReason,
  KeySummary,
  UnknownOutput,
} from './correction.js';
import { actionsOfFinding, correctionsOfFinding, type CorrectionMaker } from './corrections-of-finding.js';
import { Doubts, type DeviationPorts } from './doubts.js';
import { DeviationFinder } from './find-deviations.js';
import type { CorrectionFinding } from './finding.js';
import { FindingLog } from './finding-log.js';
import { OutputValues } from '../compare/output-values.js';
import type { IntendedRun } from './intended-run.js';
import { joinOutputs } from './join-outputs.js';
import { placeSurplus } from './place-surplus.js';
import { RecordedStretch } from './recorded-stretch.js';
import { openScratch } from './scratch.js';
import { KeySummaries } from './summarise-keys.js';
import { Tally } from './tally.js';

const defaultLimit = 100_000;
const mostFindings = 20_000;

export interface CorrectionsInput {
  readonly run: IntendedRun;
  readonly recorded: RecordedOutputs;
  /** The value that takes a recorded one back, in a box; null for an output whose worker declares no way. */
  readonly retract: CorrectionMaker['retract'];
  /** What a diagnosis says of an event; without one, every reason is `differs`. */
  readonly faultOf?: DeviationPorts['faultOf'];
  /** How recorded values are held against intended ones; as if nothing was declared where absent. */
  readonly values?: OutputValues;
  /** False for a key that any permissible order gives the same; true for all where absent. */
  readonly orderMatters?: DeviationPorts['orderMatters'];
  /** The event that has a business id; for records that name no offsets. */
  readonly eventOf?: (eventId: string) => RecordedEventRef | null;
  /** Folder for what does not fit into memory; nothing stays there. */
  readonly scratch: string;
  /** Entries of each kind that are kept in memory, 100,000 by default. No result depends on it. */
  readonly limit?: number;
}

/** How the intended outputs of a run compare with the recorded ones. Sends nothing. To be closed. */
export interface Corrections {
  readonly counts: CorrectionCounts;
  /** The first few outputs of each kind that nothing can be said about. */
  readonly unknown: readonly UnknownOutput[];
  /** Keys with the most corrections first. */
  readonly keys: readonly KeySummary[];
  /** Entries that had to be kept on disk. */
  readonly spilled: number;
  /**
   * In the order of the run, retractions before what is sent for the same output; read as often as needed. Only those of a
   * key, or for some reasons, where asked for: the others cost little.
   */
  list(only?: CorrectionChoice): Iterable<Correction>;
  close(): void;
}

export interface CorrectionChoice {
  readonly key?: string;
  readonly reasons?: readonly CorrectionReason[];
}

/**
 * Compares what a run intended with what the service recorded. The same corrections with the same ids in the same
 * order, whatever the batches, threads or limits.
 * @throws RecoveryError `disk-write-failed` when the disk refuses, `interrupted` when it was stopped, and what reading
 *   either side throws
 */
export async function findCorrections(input: CorrectionsInput, work: LongWork = {}): Promise<Corrections> {
  const { run, recorded, limit = defaultLimit } = input;
  const scratch = openScratch(input.scratch, limit);
  try {
    const tally = new Tally();
    const maker: CorrectionMaker = { worker: run.worker, partitions: run.partitions, retract: input.retract };
    const log = new FindingLog(scratch, Math.min(limit, mostFindings));
    const keys = new KeySummaries();
    const actions: Record<CorrectionAction, number> = { send: 0, retract: 0, list: 0 };
    const findings = {
      add: (place: number, finding: CorrectionFinding) => {
        log.add(place, finding);
        keys.add(place, finding);
        const sign = finding.standing === 'cancelled' ? -1 : 1;
        for (const { action } of actionsOfFinding(finding, maker)) actions[action] += sign;
      },
      at: (place: number) => withoutCancelled(log.at(place)),
    };
    const stretch = new RecordedStretch(await recorded.describe(), run.orderIsKnown);
    const doubts = new Doubts(run, {
      faultOf: input.faultOf ?? null,
      orderMatters: input.orderMatters ?? (() => true),
    });
    const finder = new DeviationFinder({
      ...{ run, doubts, stretch, tally, findings },
      values: input.values ?? new OutputValues(),
    });
    const onBatch = async (records: number) => {
      tally.recorded = records;
      work.onProgress?.({ phase: 'scan', done: records, total: 0, quarantined: 0 });
      await setImmediate();
      refuseIfStopped(work.signal);
    };
    const join = { run, recorded, stretch, scratch, lookahead: Math.ceil(limit / 2), onBatch };
    const surplus = await joinOutputs({ ...join, eventOf: input.eventOf ?? null }, finder);
    placeSurplus(run, surplus, finder);
    finder.finish();
    refuseIfStopped(work.signal);
    return {
      counts: tally.counts(actions),
      unknown: tally.examples,
      keys: keys.list(run.partitions),
      spilled: scratch.spilled,
      *list({ key, reasons } = {}) {
        for (const finding of orderedFindings(log)) {
          if (key !== undefined && finding.key !== key) continue;
          if (reasons?.includes(finding.reason) !== false) yield* correctionsOfFinding(finding, maker);
        }
      },
      close: () => {
        scratch.close();
      },
    };
  } catch (error) {
    scratch.close();
    throw error;
  }
}

function refuseIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new RecoveryError('interrupted', 'the comparison of the outputs was stopped; nothing was written', {
    hint: 'run the same command again',
  });
}

/** Findings in the order of the run; those of one output with what is to be retracted first. */
function* orderedFindings(findings: FindingLog): Iterable<CorrectionFinding> {
  for (const list of findings.inOrder()) {
    if (list.length === 1) yield* list;
    else yield* withoutCancelled(list).sort(compareFindings);
  }
}

/** Those of one event that still hold. */
function withoutCancelled(list: readonly CorrectionFinding[]): CorrectionFinding[] {
  const cancelled = new Set(list.flatMap(({ standing, slot }) => (standing === 'cancelled' ? [slot] : [])));
  return list.filter(
    ({ standing, slot }) => standing !== 'cancelled' && !(standing === 'replaced' && cancelled.has(slot)),
  );
}

function compareFindings(a: CorrectionFinding, b: CorrectionFinding): number {
  return (
    a.partition - b.partition ||
    a.offset - b.offset ||
    a.slot - b.slot ||
    Number(b.intended === null) - Number(a.intended === null) ||
    compareText(a.output, b.output) ||
    compareText(a.key, b.key) ||
    a.ordinal - b.ordinal ||
    a.occurrence - b.occurrence
  );
}
