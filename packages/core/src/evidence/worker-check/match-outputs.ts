import { canonicalJson } from '../../model/json/canonical-json.js';
import type { OutputValues } from '../compare/output-values.js';
import type { EmittedOutput } from '../../worker/worker-instance.js';
import type { SpooledOutput } from './spooled-outputs.js';

interface OnBothSides {
  readonly output: string;
  readonly key: string;
  readonly expected: unknown;
  /** Canonical JSON. */
  readonly recorded: string;
}

interface OnlyRecorded {
  readonly output: string;
  readonly key: string | null;
  readonly recorded: string;
}

/** What became of one output of an event: on both sides, or on one of them. */
export type OutputMatch =
  | ({ readonly kind: 'equal' } & OnBothSides)
  | ({ readonly kind: 'differing' } & OnBothSides)
  | { readonly kind: 'missing'; readonly output: string; readonly key: string; readonly expected: unknown }
  | ({ readonly kind: 'extra' } & OnlyRecorded)
  /** Recorded once more as it was before. */
  | ({ readonly kind: 'repeated' } & OnlyRecorded);

/**
 * Holds the outputs of one event against what was recorded of it: by business id where both have one, else the first with
 * the first of the same name and key, the second with the second. A record that names no key fits any.
 * @param values how the worker declares its outputs
 */
export function matchOutputs(
  expected: readonly EmittedOutput[],
  recorded: readonly SpooledOutput[],
  values: OutputValues,
): readonly OutputMatch[] {
  const left = [...recorded];
  const matched: SpooledOutput[] = [];
  const matches: OutputMatch[] = [];
  for (const { output, key, businessId, value } of expected) {
    const fits = (one: SpooledOutput): boolean => one.output === output && (one.key === null || one.key === key);
    const known = (one: SpooledOutput): boolean => businessId !== null && one.businessId !== null;
    const byId = left.findIndex((one) => known(one) && one.output === output && one.businessId === businessId);
    const at = byId === -1 ? left.findIndex((one) => fits(one) && !known(one)) : byId;
    const [record] = at === -1 ? [] : left.splice(at, 1);
    if (record === undefined) {
      matches.push({ kind: 'missing', output, key, expected: value });
      continue;
    }
    matched.push(record);
    const isEqual = canonicalJson(value) === record.value || values.same(output, value, JSON.parse(record.value));
    const kind = isEqual ? 'equal' : 'differing';
    matches.push({ kind, output, key, expected: value, recorded: record.value });
  }
  for (const { output, key, value, businessId } of left) {
    const says = (one: SpooledOutput): boolean =>
      one.value === value || values.same(output, JSON.parse(one.value), JSON.parse(value));
    const again = matched.some(
      (one) => one.output === output && one.key === key && one.businessId === businessId && says(one),
    );
    matches.push({ kind: again ? 'repeated' : 'extra', output, key, recorded: value });
  }
  return matches;
}
