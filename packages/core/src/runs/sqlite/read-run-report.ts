import { existsSync, readFileSync } from 'node:fs';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { EarlierText, Verdict } from '../../model/strategy/verdict.js';
import type { Verification } from '../../model/strategy/verification.js';
import type { RunFiles } from './run-folder.js';

/**
 * The report of the last attempt as it stands on the disk; null where there is none or it cannot be parsed: what a run
 * did stands in its database, and its report is written again by resuming.
 */
export function readRunReport({ report: file }: RunFiles): RunReport | null {
  const report = readJsonObject<Partial<RunReport>>(file);
  if (report === null) return null;
  const { verdict, live, notes } = report;
  return {
    ...report,
    ...(verdict === undefined ? {} : { verdict: acceptVerdict(verdict) }),
    ...(notes === undefined ? {} : { notes: notes.map(acceptText) }),
    ...(live?.reason == null ? {} : { live: { ...live, reason: acceptText(live.reason) } }),
  } as RunReport;
}

/** The last verification of a run; null where there is none or it cannot be parsed. */
export function readVerification({ verification: file }: RunFiles): Verification | null {
  const verification = readJsonObject<Verification>(file);
  if (verification === null) return null;
  return {
    ...verification,
    verdict: acceptVerdict(verification.verdict),
    checks: verification.checks.map((check) => ({ ...check, detail: acceptText(check.detail) })),
  };
}

function acceptVerdict(verdict: Verdict): Verdict {
  return verdict.verdict === 'incomplete' ? { ...verdict, missing: verdict.missing.map(acceptText) } : verdict;
}

/** Earlier versions wrote a sentence where there is a coded case now. */
function acceptText<T extends { readonly kind: string }>(value: T | string): T | EarlierText {
  return typeof value === 'string' ? { kind: 'text', text: value } : value;
}

/** Null for a file that is not there, or holds no JSON object. */
function readJsonObject<T extends object>(path: string): T | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && !Array.isArray(value) ? (value as T | null) : null;
  } catch {
    return null;
  }
}
