import { errorCatalogue, type OpenWorker } from '@eventmend/core/engine';
import type { Engine } from '../engine/engine.js';
import type { Incident } from '@eventmend/core/incident';
import { countOf } from '../terminal/format.js';
import { finding, found, type Finding } from './finding.js';

export interface ExaminedWorker {
  readonly findings: readonly Finding[];
  /** Null where it cannot be loaded. */
  readonly worker: OpenWorker | null;
}

/** Loads the worker with its reference data. */
export async function examineWorker(incident: Incident, engine: Engine): Promise<ExaminedWorker> {
  let worker: OpenWorker | null = null;
  const result = await found('worker', async () => {
    worker = await engine.openWorker(incident.worker, incident.references);
    const { name, version } = worker.worker;
    return finding('worker', `${name}@${version}`);
  });
  const tables = Object.keys(incident.references).length;
  const wrong = result.remarks.some(({ text }) => text.startsWith(errorCatalogue['invalid-reference-data'].number));
  if (tables === 0) return { findings: [result], worker };
  const references: Finding = wrong
    ? { ...result, resource: 'references', remarks: result.remarks.map((remark) => ({ ...remark, key: 'references' })) }
    : finding('references', countOf(tables, 'table'));
  return { findings: wrong ? [references] : [result, references], worker };
}
