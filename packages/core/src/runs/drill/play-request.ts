import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { ReferenceFiles, WorkerSource } from '../../worker/worker-source.js';
import type { DrillFiles } from './drill-files.js';
import type { DrillFaultKind } from './drill-mix.js';
import type { PlantedFault } from './planted-fault.js';

/** What the service of a drill leaves behind, besides its log and its checkpoints. */
export interface LeftBehind {
  readonly state: boolean;
  readonly outputs: boolean;
  readonly ledger: boolean;
}

/** Play the service twice over a stretch: as it should be, and with an error. Plain data, for a thread of its own. */
export interface PlayRequest {
  readonly spec: ReplaySpec;
  readonly files: DrillFiles;
  /** The worker again, for the service with the error, and a faulty version of it where there is one. */
  readonly worker: WorkerSource;
  readonly faulty: WorkerSource | null;
  readonly references: ReferenceFiles;
  readonly eventTimeoutMs: number;
  readonly seed: number;
  readonly errorFrom: number;
  readonly errorUntil: number;
  readonly wanted: Readonly<Record<DrillFaultKind, number>>;
  /** When checkpoints are taken, in events. */
  readonly checkpoints: readonly number[];
  readonly leaves: LeftBehind;
}

/** A checkpoint that the service took; `events` were handled before. */
export interface TakenCheckpoint {
  readonly id: string;
  readonly file: string;
  readonly events: number;
}

export interface PlayedService {
  readonly events: number;
  readonly planted: readonly PlantedFault[];
  readonly stumbled: readonly RecordedEventRef[];
  /** Effective time of the first event of the window and of the last, in milliseconds; null where they have none. */
  readonly onset: number | null;
  readonly end: number | null;
  readonly checkpoints: readonly TakenCheckpoint[];
  readonly keys: number;
  readonly outputs: number;
  readonly stateDigest: string;
}
