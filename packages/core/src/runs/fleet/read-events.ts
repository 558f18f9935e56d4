import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { jobModule, runJob } from '../../evidence/inputs/run-job.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { checkPlanIsCurrent } from '../executor/check-plan-is-current.js';
import { withInputsOfPlan } from '../executor/inputs-of-plan.js';
import { readFleet, readGroups, type FleetFiles } from './fleet-folder.js';
import { hashBooks, keepBooks, type ReaderBooks } from './reader-books.js';
import { keepRereadBooks, type RereadBooks } from './reread-books.js';
import readEventsJob from './read-events-job.js';

export interface ReaderRequest {
  readonly files: FleetFiles;
  readonly reader: number;
  /** An open file that the lines go to. */
  readonly output: number;
  /** Read by the plain implementation, for tasks that are verified. */
  readonly again?: boolean;
}

/**
 * Reads the partitions of one reader of a fleet that is spread by keys, and writes each event as a line
 * `TASK <tab> SORT KEY <tab> EVENT`. Leaves its books in the folder of the fleet; read again, they must be the same.
 */
export async function readEvents(
  situation: RecoveryInputs,
  request: ReaderRequest,
  work: LongWork = {},
): Promise<ReaderBooks | RereadBooks> {
  const { files, output, again = false } = request;
  const { plan, fleet } = readFleet(files);
  const reader = fleet.readers[request.reader];
  if (reader === undefined) {
    throw new RecoveryError(
      'invalid-argument',
      `there is no reader ${request.reader}: the fleet has ${fleet.readers.length}`,
      {
        hint: 'only a fleet that is spread by keys has readers; fleet.json says which',
      },
    );
  }
  const connected = readGroups(files, fleet);
  return withInputsOfPlan(situation, plan, async (prepared) => {
    await checkPlanIsCurrent(plan, prepared);
    const spec = specOfPlan(
      plan,
      prepared.survey.logs.map(({ description }) => description),
    );
    const { places } = reader;
    const { read: partitions, again: reread } = await runJob(
      prepared,
      {
        module: jobModule(import.meta.url, '#read-events-job'),
        job: readEventsJob,
        request: () => ({ spec, places, tasks: fleet.tasks.length, connected, output, again }),
        sources: {},
        spec: { partitions: spec.partitions, locality: 'global', poison: 'stop' },
        phase: 'scan',
        total: reader.events,
      },
      work,
    );
    if (again) return keepRereadBooks(files, fleet, reader.number, reread);
    const books: ReaderBooks = {
      format_version: 1,
      fleet: fleet.id,
      reader: reader.number,
      partitions,
      result: hashBooks(partitions),
    };
    keepBooks(files, books);
    return books;
  });
}
