import type { EventTemplate } from '../../sources/records/event-template.js';
import type { ExternalMapping } from '../../sources/records/external-mapping.js';
import type { RowInput } from '../../sources/rows/row-input.js';
import type { MatchRule } from './match-rule.js';

/** Records of another system, and the events that they stand for. Plain JSON. */
export interface ExternalRecordsConfig {
  readonly name: string;
  readonly rows: RowInput;
  readonly mapping: ExternalMapping;
  readonly rule: MatchRule;
  /** Types of event of which the source has every one, so it says. */
  readonly completeFor: readonly string[];
  /** Its rows are all events that the topic had, and nothing else: believed where no log is left. Absent where it does not say so. */
  readonly hasEveryEvent?: true;
  /** How a row becomes an event, where rows may stand in for lost events; null where they are only held against known ones. */
  readonly event: EventTemplate | null;
}
