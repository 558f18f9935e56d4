import type { EventTemplate } from '../../sources/records/event-template.js';
import type { ExternalMapping } from '../../sources/records/external-mapping.js';
import type { RowInput } from '../../sources/rows/row-input.js';
import type { MatchRule } from '../matching/match-rule.js';

/** A source that says of keys what their states were, as an incident names it. Plain JSON. */
export interface FactsConfig {
  readonly name: string;
  readonly rows: RowInput;
  /** Key and time are read of every row. */
  readonly mapping: ExternalMapping;
  /** The value is the state, or an object that has its fields. */
  readonly template: EventTemplate;
  /** Paths of the fields that are stated; null where all of the state is. */
  readonly fields: readonly (readonly string[])[] | null;
  /** How much earlier and later than the moment of which it speaks the time of a row may be, in milliseconds. */
  readonly within: NonNullable<MatchRule['within']>;
}
