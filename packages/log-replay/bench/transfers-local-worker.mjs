import { defineWorker } from '@eventmend/core';
import transfers from './transfers-worker.mjs';

/** The same worker over a log in which both accounts of a transfer stand in one partition. */
export default defineWorker({ ...transfers.definition, locality: 'partition' });
