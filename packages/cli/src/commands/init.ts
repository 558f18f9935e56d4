import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import { stringify } from 'yaml';
import type { MappingDocument } from '@eventmend/core/incident';
import { inspectEvents, type Inspection } from '../init/inspect-events.js';
import { processFiles, processStart, type ProcessLanguage } from '../init/process-language.js';
import { incidentTemplate, moduleWorkerLine, readmeTemplate, workerTemplate } from '../init/templates.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { renderInspection } from '../render/render-inspection.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface InitOptions {
  readonly from?: string;
  /** The language of a worker process; without it, the worker is a TypeScript module. */
  readonly process?: ProcessLanguage;
}

/** Writes a worker, an incident file and a README to start from; never over another file. */
export async function init(context: CommandContext, folderName: string, options: InitOptions): Promise<CommandResult> {
  const folder = resolve(context.cwd, folderName);
  const from = options.from === undefined ? null : resolve(context.cwd, options.from);
  const name = nameOf(from ?? folder, from !== null);
  const inspection = from === null ? null : await inspectEvents(from, name, context.signal);
  const incidentFile = `${name}.incident.yaml`;
  const events = from === null ? './events.ndjson' : relativeTo(folder, from);
  const readme = existsSync(join(folder, 'README.md')) ? 'README.eventmend.md' : 'README.md';
  const process = options.process === undefined ? null : processStart(options.process);
  const mapping = mappingYaml(inspection?.mapping ?? sampleMapping);
  const files: Record<string, string> = {
    ...(options.process === undefined ? { 'worker.ts': workerTemplate(name) } : processFiles(options.process, name)),
    [incidentFile]: incidentTemplate(name, process?.incidentLine ?? moduleWorkerLine, events, mapping),
    [readme]: readmeTemplate(name, incidentFile, events, process),
    ...(from === null && { 'events.ndjson': sampleEvents() }),
  };
  writeNewFiles(folder, files);
  const written = Object.keys(files);
  return {
    exitCode: exitCodes.ok,
    lines: [
      ...(inspection === null ? [] : renderInspection(options.from ?? '', inspection, context.terminal.outStyle)),
      `Wrote ${written.map((file) => pathHere(join(folder, file), context.cwd)).join(', ')}`,
    ],
    document: {
      folder,
      files: written,
      inspected: inspection === null ? null : inspectedJson(from ?? '', inspection),
    },
    next: [
      ...(process?.compile ? [process.compile(pathHere(folder, context.cwd))] : []),
      eventmendCommand('assess', pathHere(join(folder, incidentFile), context.cwd)),
    ],
  };
}

const sampleMapping: MappingDocument = {
  topic: 'orders',
  partition: { column: 'partition' },
  offset: { column: 'offset' },
  key: 'customer',
  time: { column: 'at' },
};

function inspectedJson(file: string, { rows, mapping }: Inspection) {
  return { file, rows, mapping };
}

function mappingYaml(mapping: MappingDocument): string {
  const yaml = stringify({ mapping }, { lineWidth: 0 });
  return (
    yaml
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n') + '\n'
  );
}

/** A name that an incident may have, made of the name of a file or folder. */
function nameOf(path: string, isFile: boolean): string {
  const bare = isFile
    ? basename(path)
        .replace(/\.(?:gz|zst)$/i, '')
        .replace(/\.[a-z0-9]+$/i, '')
    : basename(path);
  return (
    bare
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+|[.-]+$/g, '')
      .slice(0, 60) || 'incident'
  );
}

function relativeTo(folder: string, file: string): string {
  const path = relative(folder, file).replaceAll('\\', '/');
  return path.startsWith('.') || path.startsWith('/') ? path : `./${path}`;
}

function writeNewFiles(folder: string, files: Readonly<Record<string, string>>): void {
  const taken = Object.keys(files).filter((file) => existsSync(join(folder, file)));
  if (taken.length > 0) {
    throw new RecoveryError(
      'file-exists',
      `${taken.join(' and ')} ${taken.length === 1 ? 'exists' : 'exist'} already in ${folder}`,
      {
        hint: 'give another folder: eventmend init FOLDER; init never overwrites',
      },
    );
  }
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text, { flag: 'wx' });
  }
}

const customers = ['ada', 'ben', 'cleo', 'dora', 'emil'];

/** A small log to try things on: orders of five customers in two partitions, the same on every machine. */
function sampleEvents(): string {
  const next = [0, 0];
  const start = Date.UTC(2026, 0, 5, 8);
  const lines = Array.from({ length: 200 }, (_, n) => {
    const customer = customers[(n * 7 + Math.floor(n / 11)) % customers.length] ?? '';
    const partition = customer < 'c' ? 0 : 1;
    const offset = next[partition] ?? 0;
    next[partition] = offset + 1;
    const at = new Date(start + n * 61_000).toISOString();
    return JSON.stringify({ partition, offset, at, customer, amount: ((n * 37) % 90) + 10 });
  });
  return lines.join('\n') + '\n';
}
