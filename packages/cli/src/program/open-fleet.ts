import { resolve } from 'node:path';
import type { OpenIncident, Plan } from '@eventmend/core';
import type { FleetFiles } from '@eventmend/core/engine';
import type { Incident } from '@eventmend/core/incident';
import type { CommandContext } from './command-context.js';
import { incidentOfPlan } from './locate-run.js';

/** A fleet with the incident of its plan. */
interface OpenFleet {
  readonly files: FleetFiles;
  readonly incident: Incident;
  readonly open: OpenIncident;
}

/** Opens the incident of a plan beside the folder of its fleet, for as long as `act` takes. */
export async function withFleet<Result>(
  context: CommandContext,
  folder: string,
  named: string | undefined,
  /** Where the fleet is still to be made. */
  planned: { readonly plan: Plan; readonly file: string } | null,
  act: (fleet: OpenFleet) => Promise<Result>,
): Promise<Result> {
  const tools = await context.engine.fleet();
  const files = tools.fleetFiles(resolve(context.cwd, folder));
  const { incident: of } = (planned ?? tools.readFleet(files)).plan;
  const incident = incidentOfPlan(of.name, named, planned?.file ?? files.plan, context.cwd);
  const open = await context.engine.openIncident(incident);
  try {
    return await act({ files, incident, open });
  } finally {
    open.close();
  }
}
