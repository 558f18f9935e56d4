import type { MatchRule } from '../../evidence/matching/match-rule.js';
import { parseDecimal } from '../../model/records/decimal.js';
import type { ExternalMapping } from '../../sources/records/external-mapping.js';
import type { RowInput } from '../../sources/rows/row-input.js';
import { parseDuration } from './duration.js';
import { listOf, type ExternalRecordsDocument } from './external-records-schema.js';
import { parseInstant } from './instant.js';
import { defined, referenceOf, rowInputOf, type Paths } from './rows-of.js';

/** Records of another system, and the events that they stand for. */
export interface ExternalRecordsConfig {
  readonly name: string;
  readonly rows: RowInput;
  readonly mapping: ExternalMapping;
  readonly rule: MatchRule;
  /** Types of event of which the source has every one, so it says. */
  readonly completeFor: readonly string[];
}

export function externalRecordsOf(document: ExternalRecordsDocument, paths: Paths): ExternalRecordsConfig {
  const { name, mapping, stands_for: claim, complete_for: complete, from, until } = document;
  const { id, key, time, within, amount } = claim.match;
  return {
    name,
    rows: rowInputOf(document, paths),
    mapping: mappingOf(mapping),
    rule: {
      topic: claim.topic ?? null,
      types: claim.types === undefined ? null : listOf(claim.types),
      id: id ?? null,
      key: key ?? null,
      time: time ?? 'time',
      within: withinOf(within),
      amount: amount === undefined ? null : amountOf(amount),
      typed: mapping.type !== undefined,
      reversible: mapping.reversal !== undefined,
      from: from === undefined ? null : parseInstant(from),
      until: until === undefined ? null : parseInstant(until),
    },
    completeFor: complete === undefined ? [] : listOf(complete),
  };
}

type Match = ExternalRecordsDocument['stands_for']['match'];

function withinOf(within: Match['within']): MatchRule['within'] {
  if (within === undefined) return null;
  const ms = (duration = '0s') => parseDuration(duration) ?? 0;
  if (typeof within === 'string') return { earlier: ms(within), later: ms(within) };
  return { earlier: ms(within.earlier), later: ms(within.later) };
}

function amountOf(amount: NonNullable<Match['amount']>): NonNullable<MatchRule['amount']> {
  if (typeof amount === 'string') return { path: amount, factor: '1' };
  return { path: amount.path, factor: parseDecimal(String(amount.factor ?? 1)) ?? '1' };
}

function mappingOf({ id, key, time, amount, type, reversal }: ExternalRecordsDocument['mapping']): ExternalMapping {
  return {
    ...(id !== undefined && { id: referenceOf(id) }),
    ...(key !== undefined && { key: referenceOf(key) }),
    ...(time !== undefined && { time: columnOf(time) }),
    ...(amount !== undefined && { amount: columnOf(amount) }),
    ...(type !== undefined && { type: columnOf(type) }),
    ...(reversal !== undefined && {
      reversal: reversal === 'negative' ? reversal : { column: reversal.column, is: listOf(reversal.is) },
    }),
  };
}

function columnOf<Given extends { readonly column: string }>(given: string | Given) {
  return typeof given === 'string' ? { column: given } : defined(given);
}
