import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { TrialReplay } from '../trial/replay-trial.js';
import type { FactTrialOutcome, OfferedFacts } from './fact-trial.js';
import { tryFacts } from './try-facts.js';

/** Holds facts against a replay. */
const tryFactsJob: Job<TrialReplay & OfferedFacts, { readonly snapshots: SnapshotSource | null }, FactTrialOutcome> = (
  trial,
  inputs,
  { snapshots },
  control,
) => tryFacts(trial, inputs, snapshots, control);

export default tryFactsJob;
