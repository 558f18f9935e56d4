import { inexactAsText, pathOfInexact, type KeptDigits } from '../../model/json/keep-digits.js';

/** Thrown inside of the decoders only: this value is not what its schema says. The reason is shown and stored. */
export class UndecodableValue extends Error {
  /** Never quotes the value. */
  readonly reason: string;
  /** Where only numbers are at fault that a double cannot give back: the value with texts for them. */
  readonly kept: KeptDigits | undefined;

  constructor(reason: string, kept?: KeptDigits) {
    super(reason);
    this.name = 'UndecodableValue';
    this.reason = reason;
    this.kept = kept;
  }
}

/** Gives the value back. @throws UndecodableValue where an `InexactNumber` stands in it, with the path. */
export function withoutInexact(value: unknown, what: string): unknown {
  const path = pathOfInexact(value);
  if (path === null) return value;
  // The bytes are no JSON, so they cannot be given on as they stand.
  throw new UndecodableValue(`${path} is ${what}`, { path, value: inexactAsText(value), integers: false });
}
