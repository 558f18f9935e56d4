/** Thrown inside of the encoders only: the schema cannot hold this value. Never quotes it. */
export class UnencodableValue extends Error {
  /** `$.lines[2].cents`; `$` is the value itself. */
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.name = 'UnencodableValue';
    this.path = path;
    this.reason = reason;
  }
}
