import type { ExternalRecordsConfig } from '../../evidence/matching/external-records-config.js';
import type { FactsConfig } from '../../evidence/facts/facts-config.js';
import type { MatchRule } from '../../evidence/matching/match-rule.js';
import { parseDecimal, type Decimal } from '../../model/records/decimal.js';
import type { EventTemplate, TemplateField } from '../../sources/records/event-template.js';
import type { ExternalMapping } from '../../sources/records/external-mapping.js';
import type { TotalRowsConfig } from '../../evidence/totals/total-rows-config.js';
import type { WholeRowDocument } from './row-value-schema.js';
import type { ExternalRecordsDocument } from './external-records-schema.js';
import { listOf, withinOf } from './external-records-shape.js';
import { parseInstant } from './instant.js';
import type { Paths } from './paths.js';
import { defined, numbersOf, referenceOf, rowInputOf, rowValueOf } from './rows-of.js';

/** Null for rows that stand for no events: facts and totals. */
export function externalRecordsOf(document: ExternalRecordsDocument, paths: Paths): ExternalRecordsConfig | null {
  const { name, mapping, stands_for: claim, complete_for: complete, from, until } = document;
  if (claim === undefined) return null;
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
    ...(document.has_every_event === true && { hasEveryEvent: true }),
    event: document.event === undefined ? null : templateOf(document.event, claim),
  };
}

/** Null for rows that say nothing of states. */
export function factsOf(document: ExternalRecordsDocument, paths: Paths): FactsConfig | null {
  const { name, mapping, fact } = document;
  if (document.use !== 'facts' || fact === undefined) return null;
  const { state, fields, factor = 1 } = fact;
  const value = fields === undefined ? state : { columns: fields };
  return {
    name,
    rows: rowInputOf(document, paths),
    mapping: mappingOf(mapping),
    template: { topic: '', key: null, value: valueOf(value, fact, exactly(factor)), ...numbersOf(fact) },
    fields: fields === undefined ? null : Object.keys(fields).map((field) => field.split('.')),
    within: withinOf(fact.within) ?? { earlier: 0, later: 0 },
  };
}

/** Null for rows that are no totals. */
export function totalRowsOf(document: ExternalRecordsDocument, paths: Paths): TotalRowsConfig | null {
  const { name, mapping, total } = document;
  if (document.use !== 'totals' || total === undefined) return null;
  const { measure, factor = 1, within = 0, of = name, groups = {} } = total;
  const rows = rowInputOf(document, paths);
  return { name, rows, mapping: mappingOf(mapping), measure, factor: exactly(factor), within, of, groups };
}

function exactly(factor: number | string): Decimal {
  return parseDecimal(String(factor)) ?? '1';
}

type EventDocument = NonNullable<ExternalRecordsDocument['event']>;
type Claim = NonNullable<ExternalRecordsDocument['stands_for']>;

function templateOf(event: EventDocument, claim: Claim): EventTemplate {
  const { key, headers, value } = event;
  return {
    topic: event.topic ?? claim.topic ?? '',
    key: key === undefined || key === null ? null : typeof key === 'string' ? key : defined(key),
    ...(headers !== undefined && { headers: referenceOf(headers) }),
    value: valueOf(value, event, factorOf(claim)),
    ...numbersOf(event),
  };
}

function factorOf({ match: { amount } }: Claim): Decimal {
  return amount === undefined ? '1' : amountOf(amount).factor;
}

function valueOf(value: EventDocument['value'], ofRow: WholeRowDocument, factor: Decimal): EventTemplate['value'] {
  if (value === undefined || value === 'row' || 'column' in value) {
    const whole = rowValueOf(value, ofRow);
    if (whole.form === 'columns') throw new Error('the columns of a value are fields');
    return whole;
  }
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

type Match = Claim['match'];

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
