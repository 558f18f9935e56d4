import { RecoveryError, type LongWork } from '@eventmend/core';
import { type PreparedInputs, offsetsOf, jobModule, runJob } from '@eventmend/core/engine';
import type { Fault } from '../fault.js';
import countedJob from './counted-job.js';
import type { CountedRequest, CountedSources } from './tell-counted.js';

/**
 * What records in no order prove of single events.
 * @throws RecoveryError `interrupted` when it was stopped
 */
export async function runCounted(
  prepared: PreparedInputs,
  request: Omit<CountedRequest, 'forced'>,
  sources: CountedSources,
  work: LongWork,
): Promise<readonly Fault[]> {
  const told = await runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#counted-job'),
      job: countedJob,
      request: (forced) => ({ ...request, forced }),
      sources,
      spec: { ...request.spec, locality: 'global' },
      phase: 'diagnose',
      total: offsetsOf(request.spec),
    },
    work,
  );
  if (told === null || work.signal?.aborted === true) {
    throw new RecoveryError('interrupted', 'stopped before the records were counted', {
      hint: 'run the same command again',
    });
  }
  return told;
}
