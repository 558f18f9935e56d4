import { describeHashedWorker } from '../../worker/describe-worker.js';
import { digestReferences } from '../../sources/reference-tables/open-reference-tables.js';
import type { OutputKind } from '../../model/outputs/output.js';
import type { Worker } from '../../worker/worker.js';
import type { RecoveryInputs } from './recovery-inputs.js';

/** The worker of a situation and what identifies it. */
export interface WorkerFacts {
  readonly worker: Worker;
  readonly hash: string;
  readonly locality: 'partition' | 'global';
  readonly outputs: Readonly<Record<string, OutputKind>>;
  readonly references: Readonly<Record<string, { readonly location: string; readonly digest: string }>>;
}

export async function inspectWorker(situation: RecoveryInputs): Promise<WorkerFacts> {
  const { worker: source } = situation;
  const { worker, hash } = await describeHashedWorker(source);
  const outputs = Object.fromEntries(
    Object.entries(worker.outputs ?? {}).map(([name, declaration]) => [name, declaration.kind]),
  );
  return {
    worker,
    hash,
    locality: worker.locality ?? 'global',
    outputs,
    references: await digestReferences(worker, situation.references),
  };
}
