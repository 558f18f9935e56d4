const numberForm = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/;

/**
 * True when a double gives a number back as the text of a JSON number says it: the same decimal value, and no integer
 * beyond 2^53 - 1, where neighbours become the same. `1.0`, `1e3` and `0.30000000000000004` are; `9007199254740993`,
 * `0.1234567890123456789`, `1e400` and `1e-400` are not.
 */
export function isExactNumber(text: string): boolean {
  const number = Number(text);
  if (!Number.isFinite(number)) return false;
  const parts = numberForm.exec(text);
  if (parts === null) return false;
  if (parts[2] === undefined && parts[3] === undefined) return Number.isSafeInteger(number);
  const written = String(number);
  return written === text || sameDecimal(parts, numberForm.exec(written));
}

/**
 * The same for the text of what is known to be a double: as many as 17 digits are fine if they are its digits, as
 * `0.10000000000000001` is for 0.1.
 */
export function isDoubleText(text: string): boolean {
  if (isExactNumber(text)) return true;
  const parts = numberForm.exec(text);
  if (parts === null || (parts[2] === undefined && parts[3] === undefined)) return false;
  const digits = significant(parts).digits.length;
  const number = Number(text);
  return (
    Number.isFinite(number) && digits <= 17 && sameDecimal(parts, numberForm.exec(number.toPrecision(digits || 1)))
  );
}

type Parts = readonly (string | undefined)[];

function sameDecimal(one: Parts, other: Parts | null): boolean {
  if (other === null) return false;
  const [a, b] = [significant(one), significant(other)];
  return a.digits === b.digits && (a.digits === '' || a.exponent === b.exponent);
}

/** The digits without zeros around them, and the power of ten of the last. */
function significant([, whole = '', fraction = '', exponent = '0']: Parts): { digits: string; exponent: number } {
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { digits, exponent: Number(exponent) - fraction.length + all.length - digits.length };
}

/**
 * Stands in a parsed row for a number that a double cannot give back. Whatever does not know it refuses it: it is no plain
 * JSON, and writing it as JSON throws.
 */
export class InexactNumber {
  /** The number as it stood in the text. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): never {
    throw new Error('a number that a double cannot hold has no exact JSON value');
  }
}

/** What an event or a row is told to hold, behind the path of the number. */
export const inexactReason = 'a number that a double cannot hold without losing digits';
