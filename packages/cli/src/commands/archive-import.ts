import { basename, resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import { openRows, type EventMapping, type RowFormat } from '@eventmend/core/rows';
import { eventMappingOf, checkMapping, readMapping, readIncident } from '@eventmend/core/incident';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { formatCount } from '../terminal/format.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { table } from '../terminal/table.js';
import type { TerminalStyle } from '../terminal/terminal-style.js';
import type { ArchiveDescription } from '@eventmend/core/archive';
import { renderArchivedDamage } from '../render/render-archived-damage.js';

export interface ArchiveImportOptions {
  readonly into: string;
  readonly incident?: string;
  readonly mapping?: string;
  readonly source?: string;
  readonly topic?: string;
  readonly key?: string;
  readonly time?: string;
  readonly timeUnit?: string;
  readonly timeZone?: string;
  readonly numbers?: 'exact' | 'text';
  readonly acceptFallingTimes?: boolean;
  readonly partition?: string;
  readonly offset?: string;
  readonly id?: string;
  readonly format?: RowFormat;
  readonly seal?: boolean;
}

/** Takes files into an archive, new or old. The same command again goes on where a stopped one was. */
export async function archiveImport(
  context: CommandContext,
  files: readonly string[],
  options: ArchiveImportOptions,
): Promise<CommandResult> {
  const archive = resolve(context.cwd, options.into);
  const mapping = mappingFrom(options, archive, context.cwd);
  const inputs = await Promise.all(
    files.map((file) =>
      openRows(resolve(context.cwd, file), options.format === undefined ? {} : { format: options.format }),
    ),
  );
  const { importIntoArchive, sealArchive, describeArchive } = await context.engine.archives();
  const progress = context.progress();
  try {
    const imported = await importIntoArchive(
      archive,
      inputs,
      mapping,
      { damage: 'keep', acceptFallingTimes: options.acceptFallingTimes === true },
      { onProgress: progress.report, signal: context.signal },
    );
    const seal = options.seal === true ? sealArchive(archive) : null;
    progress.end();
    return {
      exitCode: exitCodes.ok,
      lines: [
        ...table(
          [
            { title: 'File', wrap: true },
            { title: 'Outcome' },
            { title: 'Rows', align: 'right' },
            { title: 'Events', align: 'right' },
            { title: 'Repeated', align: 'right' },
          ],
          imported.map((file) => [
            pathHere(file.file, context.cwd),
            file.outcome === 'already' ? 'was there' : file.outcome,
            formatCount(file.rows),
            formatCount(file.events),
            formatCount(file.repeated),
          ]),
          context.terminal.outStyle,
        ),
        ...damageOf(imported, describeArchive(archive).damage, context.terminal.outStyle),
        ...imported.flatMap((file) =>
          file.falling === undefined
            ? []
            : [
                `Warning: in ${pathHere(file.file, context.cwd)} ${formatCount(file.falling)} of ${formatCount(file.events)} events have a time before an earlier one; their offsets follow the rows`,
              ],
        ),
        `Archive ${pathHere(archive, context.cwd)}${seal === null ? '' : ', sealed'}`,
      ],
      document: { archive, sealed: seal !== null, files: imported },
      next: [eventmendCommand('archive', 'verify', pathHere(archive, context.cwd))],
    };
  } finally {
    progress.end();
  }
}

/** What was left out of the events, and kept as it is. */
function damageOf(
  imported: readonly { readonly damaged?: number }[],
  damage: ArchiveDescription['damage'],
  style: TerminalStyle,
): readonly string[] {
  const count = imported.reduce((sum, { damaged = 0 }) => sum + damaged, 0);
  return count === 0 ? [] : renderArchivedDamage(damage, style);
}

/** From the incident, from a file, from the options; without any of them rows are whole events as `archive export` writes them. */
function mappingFrom(options: ArchiveImportOptions, archive: string, cwd: string): EventMapping {
  const name = options.source ?? basename(archive).replace(/\.[^.]*$/, '');
  if (options.incident !== undefined) return readIncident(resolve(cwd, options.incident)).log.mapping;
  if (options.mapping !== undefined) return eventMappingOf(readMapping(resolve(cwd, options.mapping)), name);
  const { source, topic, key, time, timeUnit, timeZone, partition, offset, id, numbers } = options;
  if ([topic, key, time, partition, offset, id].every((option) => option === undefined)) {
    const envelope = {
      form: 'envelope',
      ...(source !== undefined && { source }),
      ...(numbers !== undefined && { numbers }),
    };
    return eventMappingOf(checkMapping(envelope, 'the command line'), name);
  }
  const given = {
    ...(source !== undefined && { source }),
    ...(topic !== undefined && { topic }),
    ...(key !== undefined && { key }),
    ...(time !== undefined && {
      time: {
        column: time,
        ...(timeUnit !== undefined && { unit: timeUnit }),
        ...(timeZone !== undefined && { zone: timeZone }),
      },
    }),
    ...(numbers !== undefined && { numbers }),
    ...(partition !== undefined && {
      partition: /^\d+$/.test(partition) ? { constant: Number(partition) } : partition,
    }),
    ...(offset !== undefined && { offset }),
    ...(id !== undefined && { id }),
  };
  return eventMappingOf(checkMapping(given, 'the command line'), name);
}
