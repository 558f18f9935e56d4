import type { ExternalRecordsConfig } from '../../evidence/matching/external-records-config.js';
import type { MatchRule } from '../../evidence/matching/match-rule.js';
import { parseDecimal } from '../../model/records/decimal.js';
import type { EventTemplate, TemplateField } from '../../sources/records/event-template.js';
import type { ExternalMapping } from '../../sources/records/external-mapping.js';
import { listOf, withinOf, type ExternalRecordsDocument } from './external-records-schema.js';
import { parseInstant } from './instant.js';
import type { Paths } from './paths.js';
import { defined, numbersOf, referenceOf, rowInputOf, rowValueOf } from './rows-of.js';

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
    event: document.event === undefined ? null : templateOf(document.event, claim),
  };
}

type EventDocument = NonNullable<ExternalRecordsDocument['event']>;

function templateOf(event: EventDocument, claim: ExternalRecordsDocument['stands_for']): EventTemplate {
  const { key, headers, value } = event;
  return {
    topic: event.topic ?? claim.topic ?? '',
    key: key === undefined || key === null ? null : typeof key === 'string' ? key : defined(key),
    ...(headers !== undefined && { headers: referenceOf(headers) }),
    value: valueOf(value, event, claim),
    ...numbersOf(event),
  };
}

function valueOf(
  value: EventDocument['value'],
  event: EventDocument,
  claim: ExternalRecordsDocument['stands_for'],
): EventTemplate['value'] {
  if (value === undefined || value === 'row' || 'column' in value) {
    const whole = rowValueOf(value, event);
    if (whole.form === 'columns') throw new Error('the columns of a value are fields');
    return whole;
  }
  const { amount } = claim.match;
  const factor = amount === undefined ? '1' : amountOf(amount).factor;
  return {
    form: 'fields',
    fields: Object.entries(value.columns).map(([field, given]): TemplateField => {
      if (typeof given === 'string') return { field, column: given };
      if ('constant' in given) return { field, constant: given.constant };
      if ('column' in given) return { field, ...defined(given) };
      const { mapped } = given;
      const as = given.as ?? (mapped === 'amount' || mapped === 'time' ? 'number' : 'text');
      return { field, mapped, as, ...(mapped === 'amount' && { factor }) };
    }),
  };
}

type Match = ExternalRecordsDocument['stands_for']['match'];

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
