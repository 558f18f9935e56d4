import { coverPartitions } from '../../evidence/coverage/cover-partitions.js';
import { endOf } from '../../evidence/coverage/boundary-positions.js';
import { eventTimeoutOf } from '../../evidence/inputs/locate-replay.js';
import { prepareInputs, type PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { jobModule, runJob } from '../../evidence/inputs/run-job.js';
import { snapshotRows } from '../../evidence/inputs/snapshot-rows.js';
import { specBetween } from '../../evidence/inputs/spec-between.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { openArchive } from '../../sources/archive/open-archive.js';
import { openNdjsonSnapshots } from '../../sources/snapshots/ndjson/open-ndjson-snapshots.js';
import { writeNdjsonSnapshot } from '../../sources/snapshots/ndjson/write-ndjson-snapshot.js';
import type { WorkerSource } from '../../worker/worker-source.js';
import { copyLog, type CopiedPartition } from './copy-log.js';
import { damageFile } from './damage-file.js';
import type { DrillFiles } from './drill-files.js';
import { drillFaultKinds, eventsOfAmount, type DrillFaultKind, type DrillMix } from './drill-mix.js';
import type { DrillShape } from './drill-shape.js';
import { baseId } from './drilled-inputs.js';
import type { Stretch } from './find-stretch.js';
import { lineWriter } from './line-writer.js';
import drillJob from './drill-job.js';
import type { LeftBehind, PlayedService } from './play-request.js';
import { seededNumbers } from './seeded-numbers.js';

/** An incident to be laid over a stretch of a healthy log. */
export interface DrillDesign {
  readonly stretch: Stretch;
  readonly shape: DrillShape;
  readonly mix: DrillMix;
  readonly seed: number;
  readonly leaves: LeftBehind;
  /** A faulty version of the worker, which handles all events of the error; null where single events are handled wrongly. */
  readonly faulty: WorkerSource | null;
}

/** Of each kind at most one event in so many of the error is handled wrongly. */
const sparseness = 10;

/** Copies the stretch, plays the service over the copy, right and wrong, and takes away what the shape says is lost. */
export async function makeDrill(
  prepared: PreparedInputs,
  design: DrillDesign,
  files: DrillFiles,
  work: LongWork,
): Promise<PlayedService> {
  const { stretch, shape, seed } = design;
  const copied = copiedPartitions(prepared, stretch, shape);
  const isWhole = shape.lost.length === 0;
  const whole = isWhole ? files.log : files.wholeLog;
  await copyLog(whole, copied, work.signal);
  await copyBase(prepared, stretch, files);
  const played = await play(prepared, design, { ...files, wholeLog: whole }, work);
  const planted = lineWriter(files.planted);
  for (const fault of played.planted) planted.write(fault);
  planted.close();
  if (!isWhole) await loseEvents(whole, files.log, stretch, shape, work.signal);
  const healthy = played.checkpoints.filter(({ events }) => events <= shape.errorFrom);
  for (const at of seededNumbers(seed, 'damage').choose(shape.damaged, healthy.length)) {
    damageFile((healthy[at] as (typeof healthy)[number]).file);
  }
  return played;
}

function copiedPartitions(
  { survey }: PreparedInputs,
  { from, to, places, offsets }: Stretch,
  { untimed }: DrillShape,
): readonly CopiedPartition[] {
  const withoutTime = to.map(() => new Set<number>());
  for (const event of untimed) withoutTime[places[event] as number]?.add(offsets[event] as number);
  return coverPartitions(survey, from, to).map(({ partition, ranges }, place) => {
    const { source, topic, incarnation, partition: number, beginning } = partition;
    return {
      id: { source, topic, incarnation, partition: number },
      beginning,
      ranges: ranges.map((range) => ({
        ...range,
        log: range.log === null ? null : (survey.logs[range.log]?.log ?? null),
      })),
      untimed: withoutTime[place] ?? new Set<number>(),
      lost: [],
    };
  });
}

/** The states that the stretch begins with, as a checkpoint of the drill. */
async function copyBase({ situation, facts }: PreparedInputs, { base }: Stretch, files: DrillFiles): Promise<void> {
  if (base === null) return;
  const { id, takenAt, stateVersion } = base.description;
  await writeNdjsonSnapshot(baseFile(files), {
    id: baseId,
    takenAt,
    stateVersion,
    worker: `${facts.worker.name}@${facts.worker.version}`,
    position: base.position,
    rows: snapshotRows(situation.snapshots, id),
  });
}

function baseFile({ checkpoints }: DrillFiles): string {
  return `${checkpoints}/${baseId}.ndjson`;
}

async function play(
  prepared: PreparedInputs,
  { stretch, shape, mix, seed, leaves, faulty }: DrillDesign,
  files: DrillFiles,
  work: LongWork,
): Promise<PlayedService> {
  const { situation, recorded } = prepared;
  const log = openArchive(files.wholeLog);
  const ofCopy: RecoveryInputs = {
    ...situation,
    logs: [{ log, as: 'archive' }],
    snapshots: null,
    trusted: [],
    live: null,
    declaredGaps: [],
    deliveries: [],
    store: files.store,
  };
  try {
    const copy = await prepareInputs(ofCopy);
    try {
      const spec = specBetween(copy, stretch.from, endOf(copy.survey), 'genesis');
      const width = shape.errorUntil - shape.errorFrom;
      const wanted = Object.fromEntries(
        drillFaultKinds.map((kind) => [
          kind,
          kind === 'wrong' && faulty !== null
            ? 0
            : Math.min(eventsOfAmount(mix[kind], stretch.places.length), Math.floor(width / sparseness)),
        ]),
      ) as Record<DrillFaultKind, number>;
      return await runJob(
        { situation: ofCopy, survey: copy.survey, recorded },
        {
          module: jobModule(import.meta.url, '#drill-job'),
          job: drillJob,
          request: () => ({
            spec,
            files,
            worker: situation.worker,
            faulty,
            references: situation.references,
            eventTimeoutMs: eventTimeoutOf(situation),
            seed,
            errorFrom: shape.errorFrom,
            errorUntil: shape.errorUntil,
            wanted,
            checkpoints: shape.checkpoints,
            leaves,
          }),
          sources: { base: stretch.base === null ? null : openNdjsonSnapshots(baseFile(files)) },
          spec,
          phase: 'replay',
          total: stretch.places.length,
        },
        work,
      );
    } finally {
      copy.close();
    }
  } finally {
    log.close();
  }
}

/** The same archive once more, without what is lost. */
async function loseEvents(
  whole: string,
  target: string,
  { from, to }: Stretch,
  { lost }: DrillShape,
  signal: AbortSignal | undefined,
): Promise<void> {
  const log = openArchive(whole);
  try {
    const beginnings = new Map(log.describe().partitions.map((each) => [partitionKey(each), each.beginning]));
    const partitions = to.map((part, place): CopiedPartition => {
      const { source, topic, incarnation, partition, next } = part;
      return {
        id: { source, topic, incarnation, partition },
        beginning: beginnings.get(partitionKey(part)) ?? 0,
        ranges: [{ from: from[place]?.next ?? 0, to: next, log }],
        untimed: new Set(),
        lost: lost.filter((range) => range.place === place),
      };
    });
    await copyLog(target, partitions, signal);
  } finally {
    log.close();
  }
}
