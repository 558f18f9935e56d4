import type { PlainCounts } from '../parquet-values.js';

/** Makes a cell of a column, as the server wrote it, plain data. */
type CellReader = (cell: string) => unknown;

const booleanType = 16;
const binaryType = 17;

/**
 * How the cells of a column are read: as the text that the server writes, so that no digit is lost, but for booleans and
 * binary values.
 * @param type the number (OID) of its type
 */
export function cellReader(type: number, counts: PlainCounts): CellReader {
  switch (type) {
    case booleanType:
      return (cell) => cell === 't';
    case binaryType:
      return (cell) => {
        counts.binaryAsBase64++;
        return Buffer.from(cell.slice(2), 'hex').toString('base64'); // behind \x
      };
    default:
      return (cell) => cell;
  }
}
