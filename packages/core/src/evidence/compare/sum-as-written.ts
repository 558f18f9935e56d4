import { addDecimals, parseDecimal, type Decimal } from '../../model/records/decimal.js';

/**
 * A sum of numbers as the decimals that they are written as, whatever their order: three times 0.1 is 0.3, as whoever states a total
 * has it, and not 0.30000000000000004.
 */
export class SumAsWritten {
  #whole = 0;
  #others: string | null = '0';

  add(value: number): void {
    if (Number.isSafeInteger(value) && Number.isSafeInteger(this.#whole + value)) this.#whole += value;
    else if (this.#others !== null) {
      const written = parseDecimal(String(value));
      this.#others = written === null ? null : addDecimals(this.#others, written);
    }
  }

  /** The sum as a decimal, which loses no digit; null where one of them is no finite number. */
  get decimal(): Decimal | null {
    return this.#others === null ? null : addDecimals(this.#others, String(this.#whole));
  }

  /** NaN where one of them is no finite number. */
  get value(): number {
    if (this.#others === null) return NaN;
    return this.#others === '0' ? this.#whole : Number(addDecimals(this.#others, String(this.#whole)));
  }
}

/** The sum of all of them, see `SumAsWritten`. */
export function sumAsWritten(values: readonly number[]): number {
  const sum = new SumAsWritten();
  for (const value of values) sum.add(value);
  return sum.value;
}
