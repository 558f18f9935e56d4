import type { Engine } from './engine.js';

/** The engine of the packages below, each part loaded when it is first needed. */
export function createEngine(): Engine {
  return {
    archives: () => import('@eventmend/core/archive'),
    strategy: async (incident) => (await import('@eventmend/log-replay')).logReplay(incident),
    corrections: () => import('@eventmend/core/engine'),
    diagnosis: () => import('@eventmend/log-replay'),
    lastDiagnosis: async (store) => (await import('@eventmend/log-replay')).readDiagnosis(store),
    workerCheck: async () => (await import('@eventmend/core/engine')).runWorkerCheck,
    kafka: () => import('@eventmend/core/kafka'),
    schemas: () => import('@eventmend/core/schemas'),
    resources: () => import('@eventmend/core/engine'),
    openArchive: async (file) => (await import('@eventmend/core/archive')).openArchive(file),
    openKafkaLog: async (settings) => (await import('@eventmend/core/kafka')).openKafkaLog(settings),
    openNdjsonLog: async (files, mapping) =>
      (await import('@eventmend/core')).openNdjsonLog(files, mapping, { damage: 'keep' }),
    openIncident: async (incident, options) => (await import('@eventmend/core')).openIncident(incident, options),
    openWorker: async (source, files) => (await import('@eventmend/core/engine')).openWorker(source, files),
    countSameIds: async (outputs) => (await import('@eventmend/core/sqlite')).countSameIds(outputs),
    openCatalogue: async (store) => (await import('@eventmend/core/sqlite')).openRunCatalogue(store),
    runIds: async (store) => (await import('@eventmend/core/sqlite')).listRunIds(store),
  };
}
