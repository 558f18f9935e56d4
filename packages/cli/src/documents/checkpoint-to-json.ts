import type { ExaminedCheckpoint, ExaminedCheckpoints } from '@eventmend/checkpoint';
import type { Position } from '@eventmend/core';
import { positionToJson } from '@eventmend/core/engine';

/** A position as documents have it. */
export function positionToDocument(position: Position) {
  return positionToJson(position).map(({ source = '', topic, incarnation = '', partition, next, watermark }) => ({
    source,
    topic,
    incarnation,
    partition,
    next,
    watermark: watermark ?? null,
  }));
}

export function checkpointToJson(checkpoint: ExaminedCheckpoint) {
  const { id, file, bytes, header, rows, sha256, problem, proven } = checkpoint;
  return {
    id,
    file,
    bytes,
    takenAt: header?.taken_at ?? null,
    worker: header?.worker ?? null,
    workerHash: header?.worker_hash ?? null,
    stateVersion: header?.state_version ?? null,
    base: header?.base ?? null,
    previous: header?.previous ?? null,
    keys: header?.keys ?? null,
    rows,
    events: header?.commit.events ?? null,
    commit: header?.commit.sequence ?? null,
    position:
      header?.position?.map(({ source = '', topic, incarnation = '', partition, next, watermark = null }) => ({
        source,
        topic,
        incarnation,
        partition,
        next,
        watermark,
      })) ?? null,
    omits: header?.omits ?? null,
    sha256,
    problem,
    proven: proven === null ? null : { by: proven.by },
  };
}

export function checkpointsToJson({ folder, checkpoints, breaks, head, store }: ExaminedCheckpoints) {
  return {
    folder,
    checkpoints: checkpoints.map(checkpointToJson),
    breaks: breaks.map((one) => ({ previous: null, ...one })),
    head,
    store:
      store === null
        ? null
        : {
            commits: store.link?.seq ?? null,
            events: store.link?.events ?? null,
            position: positionToDocument(store.position),
            problem: store.problem,
          },
  };
}
