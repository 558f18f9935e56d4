import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { OpenIncident, Plan, RunReport } from '@eventmend/core';
import { canonicalJson, partitionKey, type WorkerFacts } from '@eventmend/core/engine';
import { runFiles } from '@eventmend/core/sqlite';
import type { Diagnosis } from '@eventmend/log-replay';
import type { ReportHash } from '../../documents/report-document.js';

/** What a report of a run rests on, now: what of it is gone has no hash. */
export interface HashedInputs {
  readonly open: Pick<OpenIncident, 'incident' | 'logs' | 'snapshots' | 'live' | 'recordedOutputs' | 'ledger' | 'store'>;
  readonly plan: Plan;
  readonly report: RunReport;
  /** Null where the worker cannot be loaded. */
  readonly worker: Pick<WorkerFacts, 'hash' | 'references'> | null;
  readonly diagnosis: Diagnosis | null;
}

/** The hashes by which a report is held against its run and inputs later: of inputs, worker, configuration and results. */
export async function hashesOfRun({ open, plan, report, worker, diagnosis }: HashedInputs): Promise<ReportHash[]> {
  const files = runFiles(open.store, report.runId);
  return [
    { what: 'incident', name: open.incident.name, sha256: open.incident.digest },
    { what: 'plan', name: plan.id.slice(0, 8), sha256: sha256(canonicalJson(plan)) },
    { what: 'worker', name: `${plan.worker.name}@${plan.worker.version}`, sha256: worker?.hash ?? null },
    ...(await logHashes(open, plan)),
    ...Object.entries(worker?.references ?? {}).map(
      ([name, { digest }]): ReportHash => ({ what: 'reference', name, sha256: digest }),
    ),
    ...(await snapshotHashes(open.snapshots, 'snapshot')),
    ...(await snapshotHashes(open.live, 'live')),
    ...(await recordHashes(open.recordedOutputs, 'outputs')),
    ...(await recordHashes(open.ledger, 'ledger')),
    { what: 'state', name: report.runId, sha256: report.stateDigest },
    { what: 'intended', name: report.runId, sha256: report.outputsDigest },
    ...(report.kept === undefined
      ? []
      : [{ what: 'kept', name: report.runId, sha256: hashOfFile(files.kept) } as const]),
    ...(existsSync(files.verification)
      ? [{ what: 'verification', name: report.runId, sha256: hashOfFile(files.verification) } as const]
      : []),
    ...(diagnosis === null ? [] : [{ what: 'diagnosis', name: open.incident.name, sha256: sha256(canonicalJson(diagnosis)) } as const]),
  ];
}

/** Of what a plan reads of each log: what is written behind it later is no difference. */
async function logHashes({ logs }: HashedInputs['open'], { segments }: Plan): Promise<ReportHash[]> {
  const hashes: ReportHash[] = [];
  for (const [index, { log, as }] of logs.entries()) {
    const { kind, location, fingerprint, partitions } = await log.describe();
    const held = new Map(partitions.map((of) => [partitionKey(of), of]));
    const read = segments
      .filter((segment) => segment.log === index)
      .map((segment) => {
        const { range, holes } = held.get(partitionKey(segment)) ?? { range: null, holes: [] };
        const [from, to] = [Number(segment.from), Number(segment.to)];
        return {
          where: partitionKey(segment),
          ...{ from, to },
          isHeld: range !== null && range.from <= from && range.to >= to,
          holes: holes.filter((hole) => hole.from < to && hole.to > from),
        };
      });
    hashes.push({
      what: 'log',
      name: `${as} ${kind} ${location.split('/').at(-1) ?? ''}`,
      sha256: fingerprint === null ? null : sha256(canonicalJson({ fingerprint, read })),
    });
  }
  return hashes;
}

async function snapshotHashes(source: OpenIncident['snapshots'], what: 'snapshot' | 'live'): Promise<ReportHash[]> {
  if (source === null) return [];
  const { snapshots } = await source.list();
  return snapshots.map(({ id, digest }) => ({ what, name: id, sha256: digest }));
}

type Records = OpenIncident['recordedOutputs'] | OpenIncident['ledger'];

async function recordHashes(records: Records, what: 'outputs' | 'ledger'): Promise<ReportHash[]> {
  if (records == null) return [];
  const { location, digest } = await records.describe();
  return [{ what, name: location.split('/').at(-1) ?? location, sha256: digest }];
}

function hashOfFile(file: string): string | null {
  return existsSync(file) ? sha256(readFileSync(file)) : null;
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
