import type { BlockCounts, CodeSpans } from '../../worker/blocks/block-recorder.js';
import { subtractSpans, uniteSpans } from '../../worker/blocks/spans.js';

/** What of a worker was exercised where it came to the same as the service. */
export interface CheckCoverage {
  readonly events: number;
  readonly keys: number;
  /** Null where what tells them apart has too many values to be types. */
  readonly types: readonly string[] | null;
  /** Null where the worker is no module, or its blocks could not be recorded. */
  readonly code: CoveredCode | null;
}

export interface CoveredCode extends BlockCounts {
  /** The runtime that the positions are of. */
  readonly runtime: string;
  readonly spans: CodeSpans;
  /** Lines that did not run, such as `worker.ts:41-44`. */
  readonly notRun: readonly string[];
}

/** More values than these are no types. */
export const mostTypes = 200;

export const runtimeOfCode = `node ${process.version}`;

export function uniteCode(one: CodeSpans, other: CodeSpans): CodeSpans {
  const united: Record<string, CodeSpans[string]> = { ...one };
  for (const [name, spans] of Object.entries(other)) united[name] = uniteSpans(united[name] ?? [], spans);
  return united;
}

/** What of `one` is not in `other`; null where that is nothing. */
export function subtractCode(one: CodeSpans, other: CodeSpans): CodeSpans | null {
  const left: Record<string, CodeSpans[string]> = {};
  for (const [name, spans] of Object.entries(one)) {
    const rest = subtractSpans(spans, other[name] ?? []);
    if (rest.length > 0) left[name] = rest;
  }
  return Object.keys(left).length === 0 ? null : left;
}

/** What either of them covered; what neither counts, it does not count twice. */
export function uniteCoverage(one: CheckCoverage, other: CheckCoverage): CheckCoverage {
  const types = one.types === null || other.types === null ? null : [...new Set([...one.types, ...other.types])].sort();
  const [larger, smaller] = one.events >= other.events ? [one, other] : [other, one];
  const code = (larger.code?.ran ?? 0) >= (smaller.code?.ran ?? 0) ? larger.code : smaller.code;
  return { events: larger.events, keys: Math.max(one.keys, other.keys), types, code };
}
