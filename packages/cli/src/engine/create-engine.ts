import type { Engine } from './engine.js';

/** The engine of the packages below, each part loaded when it is first needed. */
export function createEngine(): Engine {
  return {
    archives: () => import('@eventmend/log-replay/archive'),
    strategy: async () => (await import('@eventmend/log-replay')).logReplay(),
    corrections: () => import('@eventmend/log-replay'),
    diagnosis: () => import('@eventmend/log-replay'),
    lastDiagnosis: async (store) => (await import('@eventmend/log-replay')).readDiagnosis(store),
    workerCheck: async () => (await import('@eventmend/log-replay')).runWorkerCheck,
    openArchive: async (file) => (await import('@eventmend/log-replay/archive')).openArchive(file),
    kafka: () => import('@eventmend/log-replay/kafka'),
    schemas: () => import('@eventmend/log-replay/schemas'),
    openKafkaLog: async (settings) => (await import('@eventmend/log-replay/kafka')).openKafkaLog(settings),
    openNdjsonLog: async (files, mapping) => (await import('@eventmend/core')).openNdjsonLog(files, mapping),
    resources: () => import('@eventmend/core'),
    openWorker: async (source, files) => (await import('@eventmend/core')).openWorker(source, files),
    countSameIds: async (outputs) => (await import('@eventmend/core/sqlite')).countSameIds(outputs),
    deriveRecordedOrder: async (records, using, file) =>
      (await import('@eventmend/core/sqlite')).deriveRecordedOrder(records, using, file),
    openSnapshots: async (paths) => (await import('@eventmend/core')).openNdjsonSnapshots(paths),
    openCatalogue: async (store) => (await import('@eventmend/core/sqlite')).openRunCatalogue(store),
    runIds: async (store) => (await import('@eventmend/core/sqlite')).listRunIds(store),
  };
}
