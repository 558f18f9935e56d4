import { defineWorker } from '@eventmend/core';
import projection from './transfers-projection-worker.mjs';

/** The same accounts over a log in which both accounts of a transfer stand in one partition. */
export default defineWorker({ ...projection.definition, locality: 'partition' });
