import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMemoryLog,
  createMemorySnapshots,
  isRecoveryError,
  type Fidelity,
  type IncidentInputs,
  type Plan,
  type Verification,
} from '@eventmend/core';
import { startOfOrder, type ExternalRecordsConfig, type FactsConfig } from '@eventmend/core/engine';
import { checkpointRecovery } from '../../src/index.js';
import { topic, type TinyEvent, type TinyIncident, type TinySnapshot } from './tiny-incident.js';
import { tinyWorker } from './tiny-worker.js';

/** What the tool made of an incident. */
export interface Recovered {
  readonly plan: Plan;
  readonly keys: ReadonlyMap<
    string,
    { readonly state: unknown; readonly fidelity: Fidelity; readonly causes: readonly string[] }
  >;
  readonly verification: Verification;
}

function logOf({ known, holes, ends, design }: TinyIncident) {
  return createMemoryLog({
    ...{ source: 'bank', topic, fingerprint: 'tiny' },
    partitions: ends.map((to, partition) => {
      const own = known.filter((event) => event.partition === partition);
      const damaged = holes.filter((hole) => hole.partition === partition && hole.kind === 'damaged');
      const first = Math.min(to, ...[...own, ...damaged].map(({ offset }) => offset));
      return {
        ...{ partition, beginning: 0, range: { from: design.retention ? first : 0, to } },
        holes: damaged.map(({ offset }) => ({ from: offset, to: offset + 1, reason: 'damaged' as const })),
      };
    }),
    events: known.map(({ partition, offset, time, value }: TinyEvent) => ({ topic, partition, offset, time, value })),
  });
}

function snapshotOf({ id, takenAt, next, rows }: TinySnapshot) {
  return {
    ...{ id, takenAt },
    position:
      next?.map((end, partition) => ({
        ...{ source: 'bank', topic, incarnation: '', partition, next: end, order: startOfOrder },
      })) ?? null,
    rows: [...rows].map(([key, state]) => ({ key, state })),
  };
}

function writeRows(folder: string, name: string, rows: readonly object[]) {
  const file = join(folder, `${name}.ndjson`);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { kind: 'file', file, format: 'ndjson' } as const;
}

function recordsOf({ design, rows, from, until }: TinyIncident, folder: string): ExternalRecordsConfig[] {
  if (design.records === null) return [];
  const { withId, withAmount, typed, types, completeFor, within, split } = design.records;
  const all = [...new Set(rows.map(({ type }) => type))].sort();
  const half = (part: number): readonly string[] => all.filter((_, index) => index % 2 === part);
  const sources = split && all.length > 1 ? [half(0), half(1)] : [types];
  return sources.map((own, part) => ({
    name: part === 0 ? 'bank' : 'shop',
    rows: writeRows(
      folder,
      `rows-${part}`,
      rows.filter(({ type }) => sources.length === 1 || own?.includes(type) === true),
    ),
    mapping: {
      ...(withId && { id: 'id' }),
      ...{ key: 'key', time: { column: 'time', unit: 'milliseconds' } },
      ...(withAmount && { amount: { column: 'amount' } }),
      ...(typed && { type: { column: 'type' } }),
    },
    rule: {
      ...{ topic, types: own, id: withId ? 'value.id' : null, key: 'value.a', time: 'time', within, typed },
      ...{ amount: withAmount ? { path: 'value.n', factor: '1' } : null, reversible: false, from, until },
    },
    completeFor: completeFor.filter((type) => sources.length === 1 || own?.includes(type) === true),
    event: { topic, key: null, value: { form: 'column', column: 'value' } },
  }));
}

function factsOf({ design, factRows }: TinyIncident, folder: string): FactsConfig[] {
  if (design.facts === null) return [];
  const { whole, within } = design.facts;
  const rows = factRows.map(({ state, ...row }) => ({ ...row, state, n: state.n }));
  return [
    {
      name: 'audit',
      rows: writeRows(folder, 'audit', rows),
      mapping: { key: 'key', time: { column: 'time', unit: 'milliseconds' } },
      template: {
        ...{ topic: '', key: null },
        value: whole ? { form: 'column', column: 'state' } : { form: 'fields', fields: [{ field: 'n', column: 'n' }] },
      },
      ...{ fields: whole ? null : [['n']], within },
    },
  ];
}

function inputsOf(incident: TinyIncident, folder: string): IncidentInputs {
  const { design, onset, snapshots, live, truth } = incident;
  const sum = [...truth.values()].reduce((total, { n }) => total + n, 0);
  return {
    incident: { name: 'tiny', onset },
    worker: tinyWorker(design.shape),
    logs: [logOf(incident)],
    snapshots: createMemorySnapshots(snapshots.map(snapshotOf)),
    trusted: snapshots.filter(({ trusted }) => trusted).map(({ id }) => id),
    ...(live !== null && { live: createMemorySnapshots([snapshotOf(live)]) }),
    records: recordsOf(incident, folder),
    facts: factsOf(incident, folder),
    ...(design.totals && { totals: [{ measure: 'n', value: sum, within: 0, at: null, of: null }] }),
    poison: 'quarantine-event',
    acceptGaps: true,
    tuning: { batchEvents: design.batchEvents },
    store: join(folder, 'store'),
  };
}

/** Plans, recovers and verifies; the code of the error where it is refused. */
export async function recoverTinyIncident(incident: TinyIncident, folder: string): Promise<Recovered | string> {
  mkdirSync(folder, { recursive: true });
  const { target } = incident;
  try {
    const strategy = checkpointRecovery(inputsOf(incident, folder));
    const plan = await strategy.plan({
      target:
        target.kind === 'offsets'
          ? {
              kind: 'offsets',
              offsets: incident.ends.map((_, partition) => ({ partition, next: target.next[partition] ?? 0 })),
            }
          : target,
    });
    const run = await strategy.recover(plan);
    const verification = await strategy.verify(run);
    const keys = new Map(
      [...run.states()].map(({ key, state, fidelity, causes }) => [key, { state, fidelity, causes }]),
    );
    return { plan, keys, verification };
  } catch (error) {
    if (isRecoveryError(error)) return `${error.code}: ${error.message}`;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
