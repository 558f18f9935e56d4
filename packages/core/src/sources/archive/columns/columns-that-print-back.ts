import { mayLoseDigits } from '../../../model/json/digit-scan.js';
import { littleEndian, packColumns } from './pack-columns.js';
import { columnsOf } from './value-columns.js';

/**
 * The values of a segment as packed columns; null where they would not be smaller than their text, or where they would not
 * print back to the very same text: a number that was written in another way or that a double cannot give back, blanks,
 * escapes, a field that stands twice, fields in an order that objects do not keep.
 *
 * What is read from the columns is not compared here, which would cost as much again: numbers stand in them bit by bit,
 * everything else as JSON, and all that JSON does not keep (-0) does not print back.
 * @param texts null for a tombstone, which is null among the values
 * @param exact the texts come from UTF-8, and no number in them loses digits
 */
export function columnsThatPrintBack(
  values: readonly unknown[],
  texts: readonly (string | null)[],
  exact = false,
): Buffer | null {
  if (!littleEndian) return null;
  // A length is all that the printed text of most values has to be compared by, and costs an eighth of printing.
  const lengths = exact ? new Float64Array(values.length) : null;
  const columns = columnsOf(values, lengths);
  if (columns === null) return null;
  if (lengths === null ? !allPrintBack(values, texts) : !eachPrintsBack(values, texts, lengths)) return null;
  const packed = packColumns(columns);
  return packed.length < jointLength(texts) ? packed : null;
}

/** @param lengths of values whose text is the printed one if it is as long; NaN of others */
function eachPrintsBack(values: readonly unknown[], texts: readonly (string | null)[], lengths: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const text = texts[i] ?? 'null';
    if (lengths[i] !== text.length && JSON.stringify(values[i]) !== text) return false;
  }
  return true;
}

function allPrintBack(values: readonly unknown[], texts: readonly (string | null)[]): boolean {
  const text = jointText(texts);
  // An integer above 2^53 may print back and yet stand for others beside it: readers must see that it lost digits.
  return JSON.stringify(values) === text && !mayLoseDigits(Buffer.from(text, 'utf8'));
}

/** One JSON array of the values; a tombstone stands in it as null. */
export function jointText(texts: readonly (string | null)[]): string {
  // Array.prototype.join would give an empty text for null.
  return '[' + (texts.includes(null) ? texts.map((text) => text ?? 'null') : texts).join(',') + ']';
}

/** Of the texts between commas and in brackets. */
function jointLength(texts: readonly (string | null)[]): number {
  let length = texts.length + 1;
  for (const text of texts) length += text === null ? 4 : text.length;
  return length;
}
