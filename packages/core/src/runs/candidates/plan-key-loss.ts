import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { ExpectedKeyLoss, PlannedKeyLoss } from '../../model/plan/key-loss.js';

const shown = 20;

/** The worst keys first: those of which nobody knows how likely they are wrong behind all that are likely wrong. */
function worstFirst(keys: readonly ExpectedKeyLoss[]): readonly ExpectedKeyLoss[] {
  const rank = ({ wrong }: ExpectedKeyLoss): number => wrong ?? unknownRank;
  return [...keys].sort((a, b) => rank(b) - rank(a) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const unknownRank = 0.5;

/** More likely wrong than right, and nothing else is there for it. */
function isRefusedKey({ taken, wrong }: ExpectedKeyLoss): boolean {
  return taken === 'rebuilt' && wrong !== null && wrong > 0.5;
}

/**
 * What a plan says of single keys; all of them go into a file of the store.
 * @param hasEstimates something is put in the place of what is lost for any key
 */
export function planKeyLoss(
  store: string,
  keys: readonly ExpectedKeyLoss[],
  hasEstimates: boolean,
): PlannedKeyLoss | null {
  if (keys.length === 0) return null;
  const sorted = worstFirst(keys);
  const refused = hasEstimates ? [] : sorted.filter(isRefusedKey);
  const text = sorted.map((one) => `${JSON.stringify(one)}\n`).join('');
  const folder = join(store, 'expected-loss');
  const file = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 8)}.ndjson`);
  mkdirSync(folder, { recursive: true });
  writeFileDurably(file, text);
  return {
    keys: keys.length,
    refused: refused.length,
    refusedKeys: refused.slice(0, shown).map(({ key }) => key),
    worst: sorted.slice(0, shown),
    file,
  };
}
