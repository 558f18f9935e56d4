import { mayLoseDigits } from '../../../model/json/digit-scan.js';
import { littleEndian, packColumns } from './pack-columns.js';
import { columnsOf } from './value-columns.js';

/**
 * The values of a segment as packed columns; null where they would not be smaller than their text, or where they would not
 * print back to the very same text: a number that was written in another way or that a double cannot give back, blanks,
 * escapes, a field that stands twice, fields in an order that objects do not keep. `text` is the JSON array of the values.
 *
 * What is read from the columns is not compared here, which would cost as much again: numbers stand in them bit by bit,
 * everything else as JSON, and all that JSON does not keep (-0) does not print back.
 */
export function columnsThatPrintBack(values: readonly unknown[], text: string): Buffer | null {
  if (!littleEndian) return null;
  const columns = columnsOf(values);
  if (columns === null || JSON.stringify(values) !== text) return null;
  // An integer above 2^53 may print back and yet stand for others beside it: readers must see that it lost digits.
  if (mayLoseDigits(Buffer.from(text, 'utf8'))) return null;
  const packed = packColumns(columns);
  return packed.length < text.length ? packed : null;
}
