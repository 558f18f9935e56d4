import type { OpenIncident } from '@eventmend/core';
import type { KeyOfRun } from '@eventmend/core/engine';
import type { CommandContext } from '../../program/command-context.js';
import { formatOfFile } from '../../program/export-format.js';
import type { KnownKeys } from '../mask/known-keys.js';
import { Mask } from '../mask/mask.js';

interface AllKeys {
  readonly runId: string;
  readonly masked: readonly string[];
  readonly known: KnownKeys;
  readonly file: string;
}

/** All keys of a run in a file beside its report, with the same fields hidden. */
export async function writeAllKeys(
  context: CommandContext,
  open: OpenIncident,
  { runId, masked, known, file }: AllKeys,
): Promise<{ readonly file: string; readonly rows: number }> {
  const mask = new Mask(masked, known);
  const value = (text: string | null): unknown => (text === null ? null : mask.value(JSON.parse(text)));
  const { writeKeys } = await context.engine.report();
  const table = {
    name: 'keys',
    columns: [
      { name: 'key', type: 'text', value: ({ key }: KeyOfRun) => mask.key(key) },
      { name: 'standing', type: 'text', value: ({ standing }: KeyOfRun) => standing },
      { name: 'fidelity', type: 'text', value: ({ fidelity }: KeyOfRun) => fidelity },
      { name: 'taken', type: 'text', value: ({ taken }: KeyOfRun) => taken },
      { name: 'recovered', type: 'json', value: ({ recovered }: KeyOfRun) => value(recovered) },
      { name: 'live', type: 'json', value: ({ live }: KeyOfRun) => value(live) },
      { name: 'causes', type: 'json', value: ({ causes }: KeyOfRun) => causes },
    ],
  } as const;
  const { rows } = await writeKeys(open.store, runId, open, { table, format: formatOfFile(file), file });
  return { file, rows };
}
