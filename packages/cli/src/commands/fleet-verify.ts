import { exitCodes } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { withFleet } from '../program/open-fleet.js';
import { readTaskHeader } from '../program/read-task-header.js';
import { wholeNumber } from '../program/whole-number.js';
import { renderTaskVerification } from '../render/render-fleet.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface FleetVerifyOptions {
  readonly incident?: string;
}

/** Verifies one task of a fleet; `eventmend verify` joins what all of them came to. */
export async function fleetVerify(
  context: CommandContext,
  folder: string,
  number: string,
  options: FleetVerifyOptions,
): Promise<CommandResult> {
  const task = number === '-' ? readTaskHeader(0) : wholeNumber(number, 'task', 0);
  const tools = await context.engine.fleet();
  const progress = context.progress();
  try {
    return await withFleet(context, folder, options.incident, null, async ({ files, open }) => {
      const work = { onProgress: progress.report, signal: context.signal };
      const request = { files, task, ...(number === '-' && { input: 0 }) };
      const verification = await tools.verifyTask(tools.completeInputs(open), request, work);
      progress.end();
      const { rows, agrees, derived, hash } = verification;
      const verified = agrees && rows.result === 'passed';
      return {
        exitCode: verified ? exitCodes.ok : exitCodes.mismatch,
        lines: renderTaskVerification(verification, context.terminal.outStyle),
        document: {
          folder: files.folder,
          task,
          verified,
          rows: rows.result === 'passed',
          agrees,
          outputs: derived.reduce((sum, { derivation }) => sum + derivation.outputs, 0),
          result: hash,
        },
        next: [eventmendCommand('fleet', 'collect', pathHere(files.folder, context.cwd))],
      };
    });
  } finally {
    progress.end();
  }
}
