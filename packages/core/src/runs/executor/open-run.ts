import type { Run } from '../../model/strategy/run.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import { openRunCatalogue } from '../sqlite/run-catalogue.js';

/** The run of a report, to read its result from the store that it stands in. Nothing is opened before it is asked for. */
export function openRun(store: string, report: RunReport): Run {
  const { runId, verdict, accounts } = report;
  const catalogue = openRunCatalogue(store);
  return {
    runId,
    verdict,
    accounts,
    report,
    states: () => catalogue.states(runId),
    outputs: () => catalogue.outputs(runId),
    quarantined: () => catalogue.quarantined(runId),
  };
}
