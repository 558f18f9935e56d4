import { join } from 'node:path';

/** What stands where in the folder of a drill. */
export interface DrillFiles {
  readonly folder: string;
  /** Made first: it says that this is the folder of a drill, and whether the drill has ended. */
  readonly marker: string;
  /** What is left of the log, for the strategies. */
  readonly log: string;
  /** The log with all events; the same as `log` where none is lost. */
  readonly wholeLog: string;
  readonly checkpoints: string;
  readonly liveState: string;
  readonly liveOutputs: string;
  readonly liveLedger: string;
  /** What should have come of it, which no strategy is shown. */
  readonly truth: string;
  readonly trueStates: string;
  readonly trueOutputs: string;
  readonly planted: string;
  /** Where the strategies keep their runs. */
  readonly store: string;
}

export function drillFiles(folder: string): DrillFiles {
  const truth = join(folder, 'truth');
  return {
    folder,
    marker: join(folder, 'drill.json'),
    log: join(folder, 'log.archive'),
    wholeLog: join(truth, 'log.archive'),
    checkpoints: join(folder, 'checkpoints'),
    liveState: join(folder, 'live', 'state.ndjson'),
    liveOutputs: join(folder, 'live', 'outputs.ndjson'),
    liveLedger: join(folder, 'live', 'ledger.ndjson'),
    truth,
    trueStates: join(truth, 'states.ndjson'),
    trueOutputs: join(truth, 'outputs.ndjson'),
    planted: join(truth, 'planted.ndjson'),
    store: join(folder, 'store'),
  };
}
