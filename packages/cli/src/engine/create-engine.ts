import type { Engine } from './engine.js';
import { strategyOnUse } from './strategy-on-use.js';

/** The engine of the packages below, each part loaded when it is first needed. */
export function createEngine(): Engine {
  return {
    archives: () => import('@eventmend/core/archive'),
    checkpoints: () => import('@eventmend/checkpoint'),
    strategy: async (incident, name = 'log-replay') => {
      switch (name) {
        case 'log-replay':
          return (await import('@eventmend/log-replay')).logReplay(incident);
        case 'checkpoint':
          return (await import('@eventmend/checkpoint')).checkpointRecovery(incident);
        case 'estimation':
          return (await import('@eventmend/estimation')).estimation(incident);
      }
    },
    strategies: (incident, withEstimates) => [
      strategyOnUse('log-replay', async () => (await import('@eventmend/log-replay')).logReplay(incident)),
      strategyOnUse('checkpoint', async () => {
        const { checkpointRecovery } = await import('@eventmend/checkpoint');
        const estimator = withEstimates ? (await import('@eventmend/estimation')).donorEstimator(incident) : null;
        return checkpointRecovery(incident, { estimator });
      }),
      strategyOnUse('estimation', async () => (await import('@eventmend/estimation')).estimation(incident)),
    ],
    corrections: () => import('@eventmend/core/engine'),
    drills: () => import('@eventmend/core/engine'),
    comparison: () => import('@eventmend/core/engine'),
    publication: () => import('@eventmend/core/engine'),
    fleet: () => import('@eventmend/core/engine'),
    groups: () => import('@eventmend/core/engine'),
    estimation: () => import('@eventmend/estimation'),
    diagnosis: () => import('@eventmend/log-replay'),
    lastDiagnosis: async (store) => (await import('@eventmend/log-replay')).readDiagnosis(store),
    report: async () => {
      const { inspectWorker, readComparison, timeSegments, publicationsOfRun, unfinishedPublications } =
        await import('@eventmend/core/engine');
      const { checkStoredKeys, surveyKeys, writeKeys } = await import('@eventmend/core/sqlite');
      const { openArchive } = await import('@eventmend/core/archive');
      return {
        ...{ inspectWorker, readComparison, timeSegments, publicationsOfRun, unfinishedPublications },
        ...{ checkStoredKeys, surveyKeys, writeKeys, openArchive },
      };
    },
    workerCheck: async () => (await import('@eventmend/core/engine')).runWorkerCheck,
    kafka: () => import('@eventmend/core/kafka'),
    schemas: () => import('@eventmend/core/schemas'),
    openIncident: async (incident, options) => (await import('@eventmend/core')).openIncident(incident, options),
    openCatalogue: async (store) => (await import('@eventmend/core/sqlite')).openRunCatalogue(store),
    runIds: async (store) => (await import('@eventmend/core/sqlite')).listRunIds(store),
  };
}
