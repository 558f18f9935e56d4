import type { OutputDeclaration, RecordedOutput } from '@eventmend/core';
import { tolerancesOf, type Tolerances } from '@eventmend/core/engine';
import { parsePath, valueAt, type JsonPath } from './json-path.js';

/** One field of the state of a key as an output told it. */
export interface RevealedField {
  readonly key: string;
  /** In the state. */
  readonly path: JsonPath;
  readonly value: unknown;
  /** How far a number may be off. */
  readonly within: number;
  readonly output: string;
}

interface CompiledEvidence {
  readonly key: JsonPath | null;
  readonly fields: readonly { readonly path: JsonPath; readonly from: JsonPath; readonly within: number }[];
}

/** What the records of a handling tell about states, by the declarations of the worker. Later records win over earlier ones. */
export class Revelations {
  readonly #byOutput: ReadonlyMap<string, readonly CompiledEvidence[]>;
  readonly #tolerances: ReadonlyMap<string, Tolerances>;
  /** How far the values of an output may be off. */
  readonly tolerancesOf = (output: string): Tolerances | undefined => this.#tolerances.get(output);
  /** Fields of a state that outputs give rounded, each once, with the coarsest rounding. */
  readonly roundedFields: readonly { readonly path: JsonPath; readonly within: number }[];
  /** The same records are asked about several times in a row. */
  #last: { readonly records: readonly RecordedOutput[]; readonly fields: readonly RevealedField[] } | null = null;

  constructor(outputs: Readonly<Record<string, OutputDeclaration>> | undefined) {
    const declared = Object.entries(outputs ?? {}).flatMap(([name, { reveals }]) =>
      reveals === undefined ? [] : [[name, reveals] as const],
    );
    this.#byOutput = new Map(
      declared.map(([name, reveals]) => [
        name,
        reveals.map(({ key, fields, within }) => ({
          key: key === undefined ? null : parsePath(key),
          fields: Object.entries(fields).map(([path, from]) => ({
            path: parsePath(path),
            from: parsePath(from),
            within: within?.[path] ?? 0,
          })),
        })),
      ]),
    );
    this.#tolerances = new Map(
      Object.entries(outputs ?? {}).map(([name, declaration]) => [name, tolerancesOf(declaration)]),
    );
    const coarsest = new Map<string, number>();
    for (const { within = {} } of declared.flatMap(([, reveals]) => reveals)) {
      for (const [path, most] of Object.entries(within)) coarsest.set(path, Math.max(most, coarsest.get(path) ?? 0));
    }
    this.roundedFields = [...coarsest].map(([path, within]) => ({ path: parsePath(path), within }));
  }

  get any(): boolean {
    return this.#byOutput.size > 0;
  }

  of(records: readonly RecordedOutput[]): readonly RevealedField[] {
    if (this.#last?.records === records) return this.#last.fields;
    const fields: RevealedField[] = [];
    for (const { output, key: ownKey, value: told } of records) {
      const revelations = this.#byOutput.get(output);
      if (revelations === undefined) continue;
      for (const revelation of revelations) {
        const key = revelation.key === null ? ownKey : valueAt(told, revelation.key);
        if (typeof key !== 'string') continue;
        for (const { path, from, within } of revelation.fields) {
          const value = valueAt(told, from);
          if (value !== undefined) fields.push({ key, path, value, within, output });
        }
      }
    }
    this.#last = { records, fields };
    return fields;
  }
}

/**
 * Whether a predicted field agrees with a revealed one.
 * @param slack how far the prediction itself may be off, in units of the rounding
 */
export function agrees(predicted: unknown, { value, within }: RevealedField, slack: number): boolean {
  if (predicted === value) return true;
  if (typeof predicted === 'number' && typeof value === 'number') {
    // A little more than the rounding: half a unit is not exact in binary.
    return Math.abs(predicted - value) <= within * (1 + slack) * (1 + 1e-9) + Math.abs(value) * 1e-12;
  }
  return JSON.stringify(predicted) === JSON.stringify(value);
}

/** The predicted number, moved to where the revealed one says that it can be. */
export function corrected(predicted: unknown, { value, within }: RevealedField): unknown {
  if (typeof predicted !== 'number' || typeof value !== 'number') return value;
  return Math.min(value + within, Math.max(value - within, predicted));
}
