/** Thrown inside of the decoders only: this value is not what its schema says. The reason is shown and stored. */
export class UndecodableValue extends Error {
  /** Never quotes the value. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.name = 'UndecodableValue';
    this.reason = reason;
  }
}
