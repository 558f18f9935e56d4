import { writeFileSync } from 'node:fs';
import { coverPartitions, lostOf } from '../../evidence/coverage/cover-partitions.js';
import { prepareWithLog, type PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { positionAtTime } from '../../evidence/proof/position-at-time.js';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import type { ErrorSummary } from '../../model/errors/error-summary.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { openRecordedOutputs } from '../../sources/records/open-records.js';
import { standardOutputMapping } from '../../sources/records/record-mapping.js';
import type { RowInput } from '../../sources/rows/row-input.js';
import { openNdjsonSnapshots } from '../../sources/snapshots/ndjson/open-ndjson-snapshots.js';
import type { WorkerSource } from '../../worker/worker-source.js';
import type { Truth } from '../compare/open-sides.js';
import type { DrillFiles } from './drill-files.js';
import { checkDrillMix, drillLossKinds, type DrillFaultKind, type DrillMix } from './drill-mix.js';
import type { DrillReport } from './drill-report.js';
import { shapeOfMix } from './drill-shape.js';
import { drilledInputs } from './drilled-inputs.js';
import { findStretch, type Stretch } from './find-stretch.js';
import { layIncident, type LaidIncident } from './like-incident.js';
import { makeDrill } from './make-drill.js';
import type { LeftBehind } from './play-request.js';
import { endDrillFolder, prepareDrillFolder } from './prepare-folder.js';
import { scoreDetection, type DrillDiagnosis } from './score-detection.js';
import { scoreStrategies, type DrilledStrategy } from './score-strategies.js';

export interface DrillOptions {
  /** A new folder for all that the drill makes. */
  readonly folder: string;
  /** Files and folders of the live service, near which nothing may be written. None where absent. */
  readonly untouchable?: readonly string[];
  /** A drill that has ended in this folder is made anew; false where absent, where only one that was killed is. */
  readonly replace?: boolean;
  readonly seed: number;
  readonly mix: DrillMix;
  /** So many events at most, the first ones; all healthy ones where absent. */
  readonly events?: number;
  /** What the service of the drill leaves; as in the incident where absent, and its state in any case. */
  readonly leaves?: Partial<LeftBehind>;
  /** How many checkpoints it has from before the error; as many as the incident where absent. */
  readonly checkpoints?: number;
  /**
   * Takes length, losses and checkpoints from the incident itself and lays them over its healthy history, in place of what the mix
   * says of them: from 0 for the earliest place to 1 for the latest. Which strategy would have been how wrong then?
   */
  readonly likeIncident?: number;
  /** A faulty version of the worker that handles the events of the error, in place of single wrong results. */
  readonly faulty?: WorkerSource;
  readonly strategies: readonly DrilledStrategy[];
  /** Where absent, nobody looks for the faults. */
  readonly diagnose?: (inputs: RecoveryInputs, work: LongWork) => Promise<DrillDiagnosis | null>;
}

/**
 * Rehearses an incident: copies a healthy stretch of a log, lets a service handle the copy with an error, recovers with every
 * strategy, and holds what they say against the truth. Writes into the folder of the drill alone.
 * @param inputs of an incident; what lies behind its onset is not used, and all is where it has none
 * @throws RecoveryError `invalid-argument` for a mix that is none, `too-little-history`, `live-resource`, `file-exists`; what the
 *   worker throws on healthy events
 */
export async function drill(inputs: RecoveryInputs, options: DrillOptions, work: LongWork = {}): Promise<DrillReport> {
  const { mix, seed } = options;
  checkDrillMix(mix);
  refuseUnlikely(inputs, options);
  const files = prepareDrillFolder(options.folder, options.untouchable ?? [], options.replace ?? false);
  const prepared = await prepareWithLog({ ...inputs, store: files.store });
  try {
    const limits = { before: inputs.incident.onset, events: options.events ?? Infinity };
    const healthy = await findStretch(prepared, limits, work);
    const { stretch, shape } = await shapeOf(prepared, healthy, inputs, options);
    const leaves = {
      state: options.likeIncident === undefined || inputs.live !== null,
      outputs: (inputs.recordedOutputs ?? null) !== null,
      ledger: (inputs.ledger ?? null) !== null,
      ...options.leaves,
    };
    const faulty = options.faulty ?? null;
    const played = await makeDrill(prepared, { stretch, shape, mix, seed, leaves, faulty }, files, work);
    const left = { files, played, leaves, hasBase: stretch.base !== null, seed };
    const drilled = drilledInputs(inputs, left);
    try {
      const found = await diagnosed(options.diagnose, drilled, work);
      const scores = await scoreStrategies(options.strategies, drilled, truthOf(files), work);
      const planted = countKinds(played.planted);
      const report: DrillReport = {
        format_version: 1,
        seed,
        mix,
        likeIncident: options.likeIncident ?? null,
        incident: { name: inputs.incident.name, digest: inputs.incident.digest },
        worker: { name: prepared.facts.worker.name, version: prepared.facts.worker.version, hash: prepared.facts.hash },
        stretch: {
          events: stretch.places.length,
          partitions: stretch.to.length,
          base: stretch.base?.description.id ?? null,
          absent: lostOf(coverPartitions(prepared.survey, stretch.from, stretch.to)).reduce(
            (sum, { from, to }) => sum + to - from,
            0,
          ),
        },
        error: { events: shape.errorUntil - shape.errorFrom, onset: played.onset, end: played.end, planted },
        lost: {
          retention: lostEvents(stretch, shape.lost, 'retention'),
          hole: lostEvents(stretch, shape.lost, 'hole'),
          untimed: shape.untimed.length,
          tainted: played.checkpoints.filter(({ events }) => events > shape.errorFrom).length,
          damaged: Math.min(shape.damaged, played.checkpoints.filter(({ events }) => events <= shape.errorFrom).length),
        },
        left: { checkpoints: played.checkpoints.length, ...leaves },
        live: scores.live,
        detection: found.diagnosis === null ? null : scoreDetection(played.planted, played.stumbled, found.diagnosis),
        diagnosisRefused: found.refused,
        strategies: scores.strategies,
        comparison: scores.comparison,
      };
      writeFileSync(`${files.folder}/report.json`, `${JSON.stringify(report, null, 2)}\n`);
      endDrillFolder(files);
      return report;
    } finally {
      drilled.close();
    }
  } finally {
    prepared.close();
  }
}

async function shapeOf(
  prepared: PreparedInputs,
  healthy: Stretch,
  { incident }: RecoveryInputs,
  { mix, seed, checkpoints, likeIncident }: DrillOptions,
): Promise<LaidIncident> {
  if (likeIncident !== undefined) {
    const end = incident.end === null ? null : await positionAtTime(prepared.survey, incident.end);
    return layIncident(prepared, healthy, end?.position ?? null, likeIncident);
  }
  const taken = prepared.snapshots.candidates.filter(({ reach }) => reach <= reachOf(healthy.to)).length;
  return { stretch: healthy, shape: shapeOfMix(healthy, mix, seed, checkpoints ?? taken) };
}

/** A diagnosis that has nothing to begin with is an answer too. */
async function diagnosed(
  diagnose: DrillOptions['diagnose'],
  inputs: RecoveryInputs,
  work: LongWork,
): Promise<{ readonly diagnosis: DrillDiagnosis | null; readonly refused: ErrorSummary | null }> {
  try {
    return { diagnosis: (await diagnose?.(inputs, work)) ?? null, refused: null };
  } catch (error) {
    if (!isRecoveryError(error) || error.code === 'interrupted') throw error;
    return { diagnosis: null, refused: { code: error.code, message: error.message } };
  }
}

function reachOf(position: readonly { readonly next: number }[]): number {
  return position.reduce((sum, { next }) => sum + next, 0);
}

function truthOf({ trueStates, trueOutputs }: DrillFiles): Truth {
  const settings = { order: 'handling', from: null, until: null } as const;
  const outputs: RowInput = { kind: 'file', file: trueOutputs, format: 'ndjson' };
  return {
    states: openNdjsonSnapshots(trueStates),
    outputs: openRecordedOutputs(outputs, standardOutputMapping, settings),
  };
}

function countKinds(planted: readonly { readonly kind: DrillFaultKind }[]): Record<DrillFaultKind, number> {
  const counts = { missed: 0, twice: 0, reordered: 0, wrong: 0 };
  for (const { kind } of planted) counts[kind]++;
  return counts;
}

function lostEvents(
  { places, offsets }: { readonly places: readonly number[]; readonly offsets: readonly number[] },
  lost: readonly { readonly kind: string; readonly place: number; readonly from: number; readonly to: number }[],
  kind: string,
): number {
  const ranges = lost.filter((range) => range.kind === kind);
  if (ranges.length === 0) return 0;
  return places.filter((place, event) =>
    ranges.some(
      (range) =>
        range.place === place && (offsets[event] as number) >= range.from && (offsets[event] as number) < range.to,
    ),
  ).length;
}

function refuseUnlikely({ incident }: RecoveryInputs, { likeIncident, mix }: DrillOptions): void {
  if (likeIncident === undefined) return;
  const lost = drillLossKinds.find((kind) => (mix[kind] ?? 0) > 0);
  if (lost !== undefined) {
    throw new RecoveryError('invalid-argument', `${lost} is what the incident says itself, and not the mix`, {
      hint: 'leave it out: what is lost is as in the incident',
    });
  }
  if (incident.onset === null) {
    throw new RecoveryError('invalid-argument', 'the incident has no onset, so that nobody knows what lies before it', {
      hint: 'say in the incident file since when the handling is wrong: onset',
    });
  }
  if (likeIncident >= 0 && likeIncident <= 1) return;
  throw new RecoveryError('invalid-argument', `${likeIncident} is no place from 0 to 1 in the history`);
}
