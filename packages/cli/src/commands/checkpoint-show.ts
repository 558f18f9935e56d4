import { resolve } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import type { ExaminedCheckpoint, StateRow } from '@eventmend/checkpoint';
import { checkpointToJson } from '../documents/checkpoint-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { describeCheckpointProblem } from '../render/describe-checkpoint-problem.js';
import { countOf, formatBytes, formatCount, formatTime, shortDigest } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';

export interface CheckpointShowOptions {
  readonly key?: string;
}

/** One checkpoint, or what it holds of a key. */
export async function checkpointShow(
  context: CommandContext,
  folder: string,
  id: string,
  { key }: CheckpointShowOptions,
): Promise<CommandResult> {
  const path = resolve(context.cwd, folder);
  const here = pathHere(path, context.cwd);
  const { examineCheckpoints, openCheckpoint } = await context.engine.checkpoints();
  const { checkpoints } = examineCheckpoints(path, { deep: false });
  const checkpoint = checkpoints.find((candidate) => candidate.id === id);
  if (checkpoint === undefined) {
    throw new RecoveryError('invalid-argument', `${here} has no checkpoint ${id}`, {
      hint: `${eventmendCommand('checkpoint', 'list', here)} names them`,
    });
  }
  const row = key === undefined ? null : openCheckpoint(path, id).row(key);
  if (key !== undefined && row === null) {
    throw new RecoveryError('empty-scope', `checkpoint ${id} has nothing of key ${JSON.stringify(key)}`, {
      hint: 'no event of it was applied up to there; keys are compared exactly',
    });
  }
  const { outStyle } = context.terminal;
  return {
    exitCode: exitCodes.ok,
    lines: row === null ? describe(checkpoint, outStyle) : describeRow(row, outStyle),
    document: {
      checkpoint: checkpointToJson(checkpoint),
      key:
        row === null
          ? null
          : {
              key: row.key,
              state: row.text === null ? null : (JSON.parse(row.text) as unknown),
              deleted: row.text === null,
              events: row.proof.events,
              last: lastOf(row),
            },
    },
    next: [eventmendCommand('checkpoint', 'verify', here)],
  };
}

function lastOf({ proof: { last } }: StateRow) {
  if (last === null) return null;
  const [topic, partition, offset] = last;
  return { topic, partition, offset };
}

function describe({ id, header, bytes, rows, sha256, problem }: ExaminedCheckpoint, style: TerminalStyle): string[] {
  const line = (label: string, text: string): string[] => labelled(style, label, safeText(text), 12);
  const heading = `${paint(style, 'strong', id)}  ${formatBytes(bytes)}`;
  const trouble = problem === null ? [] : line('damaged', describeCheckpointProblem(problem));
  if (header === null) return [heading, ...trouble];
  const { base, previous, commit, omits, position } = header;
  return [
    `${heading}, ${base === null ? 'full' : `on ${base.id}`}, taken ${formatTime(Date.parse(header.taken_at))} UTC`,
    ...trouble,
    ...line('worker', `${header.worker ?? 'unknown'}, state version ${header.state_version}`),
    ...line('code', header.worker_hash === null ? 'not known' : `sha256 ${shortDigest(header.worker_hash)}`),
    ...line(
      'holds',
      `${countOf(header.keys, 'key')} in ${countOf(rows, 'row')}, ${countOf(commit.events, 'event')} applied`,
    ),
    ...line('commit', `${formatCount(commit.sequence)}, chain ${shortDigest(commit.chain)}`),
    ...line('previous', previous === null ? 'none' : previous.id),
    ...line('sha256', sha256 ?? 'none'),
    ...(position ?? []).flatMap(({ topic, partition, next }) =>
      line('position', `${topic}[${partition}] next ${next}`),
    ),
    ...Object.entries(omits).flatMap(([name, text]) => line('not in it', `${name}: ${text}`)),
  ];
}

function describeRow(row: StateRow, style: TerminalStyle): string[] {
  const { events, last } = row.proof;
  const where = last === null ? '' : `, the last ${last[0]}[${last[1]}]@${last[2]}`;
  return [
    `${paint(style, 'strong', safeText(row.key))}  ${countOf(events, 'event')} applied${safeText(where)}`,
    row.text === null ? 'It has no state: it was deleted.' : safeText(row.text),
  ];
}
