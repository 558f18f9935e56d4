import { existsSync, readFileSync } from 'node:fs';
import type { RunReport } from '../strategy/strategy.js';
import type { RunFiles } from './run-folder.js';

/**
 * The report of the last attempt as it stands on the disk; null where there is none or it cannot be parsed: what a run
 * did stands in its database, and its report is written again by resuming.
 */
export function readRunReport(files: RunFiles): RunReport | null {
  return readJsonObject<RunReport>(files.report);
}

/** Null for a file that is not there, or holds no JSON object. */
export function readJsonObject<T extends object>(path: string): T | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && !Array.isArray(value) ? (value as T | null) : null;
  } catch {
    return null;
  }
}
