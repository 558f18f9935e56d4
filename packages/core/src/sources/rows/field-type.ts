import { RecoveryError } from '../../model/errors/recovery-error.js';
import { InexactNumber, isExactNumber } from '../../model/json/exact-number.js';
import { keepSuspectDigits } from '../../model/log/decode-value.js';
import { inexactField, type NumberForm } from './inexact-rows.js';
import { badColumn } from './read-column.js';
import { describeRowPlace, type RowPlace } from './row-source.js';

/**
 * What a field is. Nothing is guessed: without a type a field is what the row has, which in CSV is always text. `integer` and
 * `number` refuse text that would not come back the same (`007`, `1e400`), since it is probably an id.
 */
export type FieldType = 'text' | 'integer' | 'number' | 'boolean' | 'json';

/** What empty text means, in a field that has a type other than text: null (the default), or no field at all. */
export type EmptyMeaning = 'null' | 'absent';

const integerForm = /^-?(?:0|[1-9]\d*)$/;
const numberForm = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Makes the field of a value as a row has it; undefined for no field. Null stays null.
 * @throws RecoveryError `invalid-field` with the place for a value that is not of the type.
 */
export function typedValue(
  value: unknown,
  type: FieldType | undefined,
  empty: EmptyMeaning,
  name: string,
  place: () => RowPlace,
  numbers: NumberForm = 'exact',
): unknown {
  if (type === undefined || value === null || value === undefined) return value;
  if (type === 'text') return asText(value);
  if (value instanceof InexactNumber) throw badColumn(name, type, value, place());
  if (value === '') return empty === 'null' ? null : undefined;
  const made = type === 'json' ? asJson(value, name, numbers, place) : convert(value, type);
  if (made !== undefined) return made.value;
  throw wrongType(value, type, name, place());
}

interface Made {
  readonly value: unknown;
}

function convert(value: unknown, type: Exclude<FieldType, 'text' | 'json'>): Made | undefined {
  switch (type) {
    case 'integer': {
      const number = typeof value === 'string' && integerForm.test(value) ? Number(value) : value;
      return Number.isSafeInteger(number) ? { value: number } : undefined;
    }
    case 'number': {
      const number = typeof value === 'string' && numberForm.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
      // More digits than a double holds are an id, or money that must not be rounded.
      return typeof value !== 'string' || isExactNumber(value) ? { value: number } : undefined;
    }
    case 'boolean':
      return asBoolean(value);
  }
}

function asText(value: unknown): string {
  return value instanceof InexactNumber ? value.text : typeof value === 'string' ? value : JSON.stringify(value);
}

/** The words that databases write: true, t, 1 and their opposites, in any case. */
function asBoolean(value: unknown): Made | undefined {
  if (typeof value === 'boolean') return { value };
  switch (String(value).toLowerCase()) {
    case 'true':
    case 't':
    case '1':
      return { value: true };
    case 'false':
    case 'f':
    case '0':
      return { value: false };
    default:
      return undefined;
  }
}

function asJson(value: unknown, name: string, numbers: NumberForm, place: () => RowPlace): Made | undefined {
  if (typeof value !== 'string') return { value };
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  const kept = keepSuspectDigits(value);
  if (kept === null) return { value: parsed };
  if (numbers === 'text') return { value: kept.value };
  throw inexactField(
    kept.path.replace('$', () => name),
    place(),
  );
}

function wrongType(value: unknown, type: FieldType, name: string, place: RowPlace): RecoveryError {
  const leadingZero = typeof value === 'string' && /^-?0\d/.test(value);
  const long = type === 'number' ? numberForm : integerForm;
  const digits = typeof value === 'string' && long.test(value) && Number.isFinite(Number(value));
  const reason = leadingZero
    ? 'digits with a zero in front'
    : digits
      ? 'more digits than a number holds exactly'
      : typeof value === 'string'
        ? 'another text'
        : `a value of type ${typeof value}`;
  return new RecoveryError(
    'invalid-field',
    `${describeRowPlace(place)}: column ${JSON.stringify(name.slice(0, 60))} is to be ${article(type)}, and holds ${reason}`,
    {
      hint:
        leadingZero || digits
          ? 'is it an id? With type: text it stays as it is'
          : 'correct the type in the mapping, or the row',
      details: { ...place, column: name },
    },
  );
}

function article(type: FieldType): string {
  return type === 'integer' ? 'an integer' : type === 'json' || type === 'text' ? type : `a ${type}`;
}
