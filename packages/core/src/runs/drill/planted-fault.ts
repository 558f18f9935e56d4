import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { DrillFaultKind } from './drill-mix.js';

/** One event that the service of a drill handled otherwise than it should have. */
export interface PlantedFault {
  readonly kind: DrillFaultKind;
  readonly event: RecordedEventRef;
  /** For `reordered`: the event that it changed places with. For `twice`: the event behind which it was handled again. Else null. */
  readonly other: RecordedEventRef | null;
  readonly keys: readonly string[];
  /** For `wrong`: what the handler took for what (`sign $.amount`), `not-written`, or `faulty-worker`. Else null. */
  readonly how: string | null;
}
