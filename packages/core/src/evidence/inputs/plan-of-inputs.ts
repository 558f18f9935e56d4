import type { Plan } from '../../model/plan/plan.js';
import { positionToJson } from '../../model/position/position.js';
import { endOf } from '../coverage/boundary-positions.js';
import type { Examination } from '../proof/examine-snapshots.js';
import { pinReferences } from './pin-references.js';
import type { PreparedInputs } from './prepare-inputs.js';

/** What every plan says of the inputs that it was made for, whatever its strategy does with them. */
export function planOfInputs(
  prepared: PreparedInputs,
  { findings, workerCheck }: Pick<Examination, 'findings' | 'workerCheck'>,
): Pick<
  Plan,
  | 'format_version'
  | 'incident'
  | 'worker'
  | 'order'
  | 'poison'
  | 'logs'
  | 'logEnd'
  | 'references'
  | 'snapshots'
  | 'workerCheck'
> {
  const { situation, facts, survey } = prepared;
  return {
    format_version: 1,
    incident: { name: situation.incident.name, digest: situation.incident.digest },
    worker: {
      name: facts.worker.name,
      version: facts.worker.version,
      hash: facts.hash,
      locality: facts.locality,
      outputs: facts.outputs,
    },
    order: situation.order,
    poison: situation.poison,
    logs: survey.logs.map(({ description: { kind, location, fingerprint } }) => ({ kind, location, fingerprint })),
    logEnd: positionToJson(endOf(survey)),
    references: pinReferences(prepared),
    snapshots: findings,
    workerCheck,
  };
}
