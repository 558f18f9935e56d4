import { resolve } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import type { ConformanceReport, TrialEvent } from '@eventmend/core/engine';
import { readTrialEvents } from '../conformance/read-trial-events.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { renderConformance } from '../render/render-conformance.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface ConformanceCommandOptions {
  /** An NDJSON file of event values. */
  readonly events?: string;
  /** The member of a value that is the record's key. */
  readonly key?: string;
  /** Seconds that an answer may take. */
  readonly timeout?: string;
}

/** Talks with a process as a recovery does, and says whether it follows the protocol. Needs no incident. */
export async function workerConformance(
  context: CommandContext,
  words: readonly string[],
  options: ConformanceCommandOptions,
): Promise<CommandResult> {
  const [program, ...args] = words;
  if (program === undefined)
    throw new RecoveryError('invalid-argument', 'no process was named', { hint: '… -- python3 worker.py' });
  const timeoutMs = options.timeout === undefined ? undefined : secondsOf(options.timeout) * 1000;
  const file = options.events === undefined ? null : resolve(context.cwd, options.events);
  const events = file === null ? undefined : await readTrialEvents(file, options.key ?? null);
  const report = await conformanceOf(context, [program, ...args], events, timeoutMs);
  const from = file === null ? null : pathHere(file, context.cwd);
  return {
    exitCode: report.conforms ? exitCodes.ok : exitCodes.mismatch,
    lines: renderConformance(words, from, report, context.terminal.outStyle),
    document: { process: words, file, ...report },
    next: nextAfter(words, report, options),
  };
}

async function conformanceOf(
  context: CommandContext,
  command: readonly [string, ...string[]],
  events: readonly TrialEvent[] | undefined,
  timeoutMs: number | undefined,
): Promise<ConformanceReport> {
  const { checkConformance } = await import('@eventmend/core/engine');
  return checkConformance(
    { command, cwd: context.cwd },
    {
      ...(events !== undefined && { events }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      signal: context.signal,
    },
  );
}

function nextAfter(
  words: readonly string[],
  { conforms, events }: ConformanceReport,
  options: ConformanceCommandOptions,
): readonly string[] {
  const given = Object.entries(options).flatMap(([name, value]) =>
    ['events', 'key', 'timeout'].includes(name) && typeof value === 'string' ? [`--${name}`, value] : [],
  );
  if (!conforms) return [eventmendCommand('worker', 'conformance', ...given, '--', ...words)];
  if (events.from === 'made-up' && events.handled === 0) {
    return [eventmendCommand('worker', 'conformance', ...given, '--events', 'EVENTS.ndjson', '--', ...words)];
  }
  return ['eventmend assess'];
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= 3600) return seconds;
  throw new RecoveryError('invalid-argument', `--timeout ${text} is not a number of seconds`, {
    hint: 'for example --timeout 30',
  });
}
