import { RecoveryError } from '../../model/errors/recovery-error.js';
import { InexactNumber } from '../../model/json/exact-number.js';
import type { Decimal } from '../../model/records/decimal.js';
import type { ExternalRecord } from '../../model/records/external-record.js';
import { knownZone } from '../rows/compile-mapping.js';
import type { ColumnReference } from '../rows/event-mapping.js';
import { parseTime } from '../rows/parse-time.js';
import { badColumn, column, readColumn } from '../rows/read-column.js';
import { readText, readTime } from '../rows/read-field.js';
import type { RowPlace } from '../rows/row-source.js';
import type { RecordReader } from './compile-record-mapping.js';
import type { AmountMapping, ExternalMapping, RecordTimeMapping, TypeMapping } from './external-mapping.js';
import { amountParser } from './parse-amount.js';
import { timeForm } from './time-form.js';

type Reader<Value> = (row: unknown, place: () => RowPlace, timeColumns?: ReadonlySet<string>) => Value;

/** @throws RecoveryError `invalid-configuration` when the mapping contradicts itself. */
export function externalReader(mapping: ExternalMapping): RecordReader<ExternalRecord> {
  const id = requiredText(mapping.id);
  const key = requiredText(mapping.key);
  const time = timeReader(mapping.time ?? null);
  const amount = amountReader(mapping.amount ?? null);
  const type = typeReader(mapping.type ?? null);
  const isReversal = reversalReader(mapping.reversal ?? null);
  return (row, seq, place, timeColumns) => {
    const read = amount(row, place);
    return {
      seq,
      id: id(row, place),
      key: key(row, place),
      time: time(row, place, timeColumns),
      amount: read,
      type: type(row, place),
      reversal: isReversal(row, place, read),
    };
  };
}

/** A column that rows may lack may be empty too; any other says something in every row. */
function requiredText(reference: ColumnReference | null | undefined): Reader<string | null> {
  if (reference === null || reference === undefined) return () => null;
  const from = column(reference);
  return (row, place) => {
    const value = from.read(row);
    // A number of many digits names something all the same: its digits are the text.
    const text = value instanceof InexactNumber ? value.text : readText(from, row, place);
    if (text !== null && text !== '') return text;
    if (from.optional) return null;
    throw emptyColumn(from.name, place());
  };
}

function timeReader(mapping: RecordTimeMapping | null): Reader<number | null> {
  if (mapping === null) return () => null;
  const from = column(mapping);
  const unit = mapping.unit ?? null;
  const zone = knownZone(mapping.zone);
  const isoOf = mapping.form === undefined ? null : timeForm(mapping.form);
  if (mapping.form !== undefined && isoOf === null) {
    throw new RecoveryError(
      'invalid-configuration',
      `mapping.time.form: ${JSON.stringify(mapping.form)} is no form of a time`,
      {
        hint: 'write YYYY, MM and DD, with or without HH:mm and ss, such as DD.MM.YYYY HH:mm',
      },
    );
  }
  return (row, place, timeColumns) => {
    let time: number | undefined;
    if (isoOf === null || timeColumns?.has(from.name) === true) {
      time = readTime(from, unit, row, place, zone, timeColumns);
    } else {
      const value = readColumn(from, row, place) ?? '';
      const iso = value === '' ? '' : typeof value === 'string' ? isoOf(value) : null;
      time = iso === null ? undefined : parseTime(iso, null, zone);
      if (time === undefined) {
        const clocks = zone === null ? '' : `, that clocks in ${zone} show once`;
        throw badColumn(from.name, `a time written as ${mapping.form ?? ''}${clocks}`, value, place());
      }
    }
    if (!Number.isNaN(time)) return time;
    if (from.optional) return null;
    throw emptyColumn(from.name, place());
  };
}

function amountReader(mapping: AmountMapping | null): Reader<Decimal | null> {
  if (mapping === null) return () => null;
  const from = column(mapping);
  const { decimal = 'point', thousands = null } = mapping;
  if (thousands === (decimal === 'comma' ? ',' : '.')) {
    throw new RecoveryError(
      'invalid-configuration',
      `mapping.amount: ${JSON.stringify(thousands)} cannot stand both between thousands and before the fraction`,
      { hint: 'decimal: comma goes with thousands: "."' },
    );
  }
  const parse = amountParser(decimal, thousands);
  return (row, place) => {
    const value = readColumn(from, row, place) ?? '';
    if (value === '') {
      if (from.optional) return null;
      throw emptyColumn(from.name, place());
    }
    const amount = parse(value);
    if (amount !== null) return amount;
    const grouped = thousands === null ? '' : ` and ${JSON.stringify(thousands)} between thousands`;
    const expected = `an amount written with a decimal ${decimal}${grouped}`;
    const shown =
      typeof value === 'string' && value.length <= 24 && /^[-+\d.,'\u00a0\u202f ]+$/.test(value) ? value : null;
    if (shown === null) throw badColumn(from.name, expected, value, place());
    throw new RecoveryError('invalid-field', badColumn(from.name, expected, value, place()).message, {
      hint: `it is ${JSON.stringify(shown)}: declare how amounts are written, {column: ${from.name}, decimal: comma, thousands: "."}`,
      details: { ...place(), column: from.name },
    });
  };
}

function typeReader(mapping: TypeMapping | null): Reader<string | null> {
  if (mapping === null) return () => null;
  const read = requiredText(mapping);
  const names = new Map(Object.entries(mapping.names ?? {}));
  return (row, place) => {
    const type = read(row, place);
    return type === null ? null : (names.get(type) ?? type);
  };
}

function reversalReader(
  mapping: NonNullable<ExternalMapping['reversal']> | null,
): (row: unknown, place: () => RowPlace, amount: Decimal | null) => boolean {
  if (mapping === null) return () => false;
  if (mapping === 'negative') return (_row, _place, amount) => amount?.startsWith('-') === true;
  const from = column({ column: mapping.column, optional: false });
  const texts = new Set(mapping.is);
  return (row, place) => texts.has(readText(from, row, place) ?? '');
}

function emptyColumn(name: string, place: RowPlace): RecoveryError {
  const { message, details } = badColumn(name, 'something', null, place);
  return new RecoveryError('invalid-field', message.replace(/ holds .*/, ' is empty'), {
    hint: 'where rows may lack it, write {column: …, optional: true}: such rows are then matched without it, or not at all',
    details,
  });
}
