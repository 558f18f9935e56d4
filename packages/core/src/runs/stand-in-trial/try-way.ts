import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { jobModule } from '../../evidence/inputs/run-job.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { replayableWay, runTrial, type TrialWay } from '../trial/run-trial.js';
import type { MarkedEvents, MarkedOutcome } from './marked-replay.js';
import markedReplayJob from './marked-replay-job.js';

/** A way through the logs, and which of its events are looked at. */
export interface TriedWay extends MarkedEvents {
  readonly plan: TrialWay;
}

/**
 * Carries a way out in memory, over all logs of the survey, and tells what its marked events come to.
 * @throws RecoveryError what the worker throws under `poison: stop`; `interrupted`
 */
export async function tryWay(
  prepared: PreparedInputs,
  { plan, marked, alsoOf }: TriedWay,
  work: LongWork,
): Promise<MarkedOutcome> {
  const module = jobModule(import.meta.url, '#marked-replay-job');
  const own = { marked, alsoOf };
  const way = replayableWay(plan, prepared);
  const outcome = await runTrial(prepared, way, { module, job: markedReplayJob, own }, work);
  if (outcome === null) throw new Error('a replay that nobody interrupted came to its end');
  return outcome;
}
