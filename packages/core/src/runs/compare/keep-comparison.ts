import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { Comparison } from './comparison.js';

/** Where the last comparison of a store stands. */
function comparisonFile(store: string): string {
  return join(store, 'comparison.json');
}

/** Keeps a comparison in the store in the place of the one before. */
export function keepComparison(store: string, comparison: Comparison): void {
  mkdirSync(store, { recursive: true });
  writeFileDurably(comparisonFile(store), `${JSON.stringify(comparison, null, 2)}\n`);
}

/** The last comparison in a store; null where there is none, or one that cannot be read: it can be made again. */
export function readComparison(store: string): Comparison | null {
  const file = comparisonFile(store);
  if (!existsSync(file)) return null;
  try {
    const comparison = JSON.parse(readFileSync(file, 'utf8')) as Partial<Comparison> | null;
    return comparison?.format_version === 1 ? (comparison as Comparison) : null;
  } catch {
    return null;
  }
}
