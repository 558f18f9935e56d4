import type { Difference } from '../../model/json/first-difference.js';
import type { OutputDeclaration } from '../../model/outputs/output.js';
import { withoutField } from '../../model/json/without-field.js';
import { recordedDifference, sameRecorded, tolerancesOf, type Tolerances } from './recorded-value.js';

type Path = readonly string[];

interface Declared {
  readonly tolerances: Tolerances;
  readonly volatile: readonly string[];
  readonly paths: readonly Path[];
}

const undeclared: Declared = { tolerances: new Map(), volatile: [], paths: [] };

/**
 * Holds values of outputs against recorded ones as the worker declares them: numbers within their rounding, and without what
 * is volatile. A value is never changed; where nothing of it is volatile, it is its own comparable form.
 */
export class OutputValues {
  readonly #declared: ReadonlyMap<string, Declared>;
  /** Some output has volatile fields. */
  readonly hasVolatile: boolean;

  constructor(outputs: Readonly<Record<string, OutputDeclaration>> = {}) {
    this.#declared = new Map(
      Object.entries(outputs).map(([name, declaration]) => {
        const { volatile = [] } = declaration;
        return [
          name,
          { tolerances: tolerancesOf(declaration), volatile, paths: volatile.map((path) => path.split('.')) },
        ];
      }),
    );
    this.hasVolatile = [...this.#declared.values()].some(({ volatile }) => volatile.length > 0);
  }

  /** The value without what is volatile in it. */
  comparable(output: string, value: unknown): unknown {
    return this.#of(output).paths.reduce((left, path) => withoutField(left, path), value);
  }

  /** The dotted paths of what is volatile in an output. */
  volatileOf(output: string): readonly string[] {
    return this.#of(output).volatile;
  }

  /** Whether a recorded value is the expected one, as far as anybody can tell. */
  same(output: string, expected: unknown, recorded: unknown): boolean {
    const { tolerances } = this.#of(output);
    return sameRecorded(this.comparable(output, expected), this.comparable(output, recorded), tolerances);
  }

  /** The same of one field of it, by its path, as in `$.total`. */
  sameField(output: string, path: string, expected: unknown, recorded: unknown): boolean {
    const within = this.#of(output).tolerances.get(path);
    return sameRecorded(expected, recorded, within === undefined ? undefined : new Map([['$', within]]));
  }

  /** Where a recorded value is another than the expected one; null where it is the same. */
  difference(output: string, expected: unknown, recorded: unknown): Difference | null {
    const { tolerances } = this.#of(output);
    return recordedDifference(this.comparable(output, expected), this.comparable(output, recorded), tolerances);
  }

  #of(output: string): Declared {
    return this.#declared.get(output) ?? undeclared;
  }
}
