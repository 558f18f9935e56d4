import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { Resource } from '../../model/strategy/resource.js';
import type { RecordedEnds } from '../../sources/records/record-rows.js';

/** An incident with everything that it names open, as the strategies take it. To be closed. */
export interface OpenIncident extends RecoveryInputs {
  /** The recorded outputs up to some ends of the output topic; absent where the incident names no such topic. To be closed. */
  readonly outputsUpTo?: (ends: RecordedEnds) => Promise<RecordedOutputs>;
  close(): void;
}

export interface OpenIncidentOptions {
  /** Takes note of a log that cannot be opened: the incident then goes without it. Else that is an error. */
  readonly withoutLog?: (lost: Resource) => void;
}
