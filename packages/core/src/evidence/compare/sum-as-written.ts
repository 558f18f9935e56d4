import { addDecimals, parseDecimal } from '../../model/records/decimal.js';

/**
 * Adds numbers as the decimals that they are written as, whatever their order: three times 0.1 is 0.3, as whoever states a total has it,
 * and not 0.30000000000000004. NaN where one of them is no finite number.
 */
export function sumAsWritten(values: readonly number[]): number {
  let whole = 0;
  let others = '0';
  for (const value of values) {
    if (Number.isSafeInteger(value) && Number.isSafeInteger(whole + value)) whole += value;
    else {
      const written = parseDecimal(String(value));
      if (written === null) return NaN;
      others = addDecimals(others, written);
    }
  }
  return others === '0' ? whole : Number(addDecimals(others, String(whole)));
}
