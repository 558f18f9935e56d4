import { exitCodes, RecoveryError } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { runCommand } from '../program/commands-for.js';
import { locateRun } from '../program/locate-run.js';
import { renderGroupMove } from '../render/render-group-move.js';

export interface MoveGroupOptions {
  readonly undo?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly incident?: string;
}

/** Writes where the workers of a consumer group go on behind a verified run, or takes that back. */
export async function moveGroup(
  context: CommandContext,
  runId: string,
  group: string,
  options: MoveGroupOptions,
): Promise<CommandResult> {
  const { incident } = await locateRun(runId, options.incident, context.cwd, context.engine);
  if (options.yes !== true && options.dryRun !== true && !context.terminal.interactive) {
    throw new RecoveryError(
      'confirmation-required',
      'move-group asks before it writes, and there is no terminal to ask on',
      { hint: 'look with --dry-run first, then add --yes' },
    );
  }
  const connection = incident.log.kafka?.connection ?? null;
  if (connection === null) {
    throw new RecoveryError('group-refused', 'the incident does not say in which cluster the input topics are', {
      hint: 'name it under log.kafka: brokers and topics',
    });
  }
  const undo = options.undo === true;
  const { prepareGroupMove, prepareGroupUndo } = await context.engine.groups();
  const prepared = await (undo ? prepareGroupUndo : prepareGroupMove)(incident.store, runId, { group, connection });
  try {
    const { steps, isDone } = prepared;
    const shown = renderGroupMove(prepared, undo, context.terminal.outStyle);
    const again = runCommand('move-group', runId, incident, context.cwd, group, ...(undo ? ['--undo'] : []));
    const back = runCommand('move-group', runId, incident, context.cwd, group, '--undo');
    const documentOf = (isWritten: boolean) => ({
      ...{ runId, group, undo, written: isWritten },
      steps: steps.map(({ topic, partition, before, after }) => ({
        ...{ topic, partition, before: before === null ? null : String(before), after: String(after) },
      })),
    });
    if (isDone)
      return {
        exitCode: exitCodes.ok,
        lines: [...shown, 'It stands there already.'],
        document: documentOf(false),
        next: [],
      };
    if (options.dryRun === true) {
      return {
        exitCode: exitCodes.ok,
        lines: [...shown, 'Nothing was written.'],
        document: documentOf(false),
        next: [again],
      };
    }
    if (options.yes !== true) {
      context.say(renderGroupMove(prepared, undo, context.terminal.errStyle));
      const answer = await context.confirm(`Write this for the group ${group}?`);
      if (answer !== true) {
        return {
          exitCode: answer === null ? exitCodes.interrupted : exitCodes.ok,
          lines: ['Nothing was written.'],
          document: documentOf(false),
          next: [again],
        };
      }
    }
    await prepared.carryOut();
    return {
      exitCode: exitCodes.ok,
      lines: [...shown, undo ? 'Put back.' : 'Written. The workers go on there when they are started.'],
      document: documentOf(true),
      next: undo ? [] : [back],
    };
  } finally {
    await prepared.close();
  }
}
