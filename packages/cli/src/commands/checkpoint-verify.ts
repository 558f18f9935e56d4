import { resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import { checkpointsToJson } from '../documents/checkpoint-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentFrom, pathHere } from '../program/incident-argument.js';
import { renderCheckpoints } from '../render/render-checkpoints.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { paint } from '../terminal/terminal-style.js';
import { makePlan } from './plan.js';

export interface CheckpointVerifyOptions {
  readonly incident?: string;
}

/** Reads all of a folder of checkpoints, and says which is the newest that can be relied on. */
export async function checkpointVerify(
  context: CommandContext,
  folder: string,
  options: CheckpointVerifyOptions,
): Promise<CommandResult> {
  const path = resolve(context.cwd, folder);
  const here = pathHere(path, context.cwd);
  const { examineCheckpoints } = await context.engine.checkpoints();
  if (options.incident !== undefined) await noteReproduced(context, path, options.incident);
  const found = examineCheckpoints(path, { deep: true });
  const { checkpoints, breaks, head, store, newestWhole } = found;
  const ok =
    breaks.length === 0 &&
    head !== 'unreadable' &&
    checkpoints.every(({ problem }) => problem === null) &&
    (store === null || store.problem === null);
  const { outStyle } = context.terminal;
  const newest = newestWhole === null ? 'none is whole' : `the newest whole one is ${newestWhole}`;
  return {
    exitCode: ok ? exitCodes.ok : exitCodes.error,
    lines: [
      ...renderCheckpoints(found, true, outStyle),
      '',
      ...(checkpoints.length === 0
        ? []
        : [ok ? paint(outStyle, 'good', `All whole; ${newest}.`) : paint(outStyle, 'bad', `Damaged; ${newest}.`)]),
    ],
    document: { ...checkpointsToJson(found), ok, newestWhole },
    next:
      newestWhole === null
        ? [eventmendCommand('checkpoint', 'list', here)]
        : ok
          ? [eventmendCommand('checkpoint', 'show', here, newestWhole)]
          : [eventmendCommand('checkpoint', 'restore', here, newestWhole, '--into', `${here}-restored`)],
  };
}

/** Has the snapshots of an incident proven, as a plan has, and notes those that are checkpoints of this folder. */
async function noteReproduced(context: CommandContext, folder: string, file: string): Promise<void> {
  const incident = incidentFrom(file, context.cwd);
  const tools = await context.engine.checkpoints();
  const open = await context.engine.openIncident(incident);
  try {
    const plan = await makePlan(context, incident, await context.engine.strategy(open), {});
    const { checkpoints } = tools.examineCheckpoints(folder, { deep: true });
    tools.noteReproduced(folder, checkpoints, plan.snapshots, `replay of ${incident.name}, plan ${plan.id}`);
  } finally {
    open.close();
  }
}
