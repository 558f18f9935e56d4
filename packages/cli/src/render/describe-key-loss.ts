import type { Plan } from '@eventmend/core';
import type { ExpectedKeyLoss } from '@eventmend/core/engine';
import { countOf } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';
import { cutText } from '../terminal/text-width.js';

const shownKeys = 5;

/** Keys of which a plan has nothing to offer, and why; null where there are none. */
export function describeRefusedKeys({ keyLoss }: Plan): string | null {
  if (keyLoss === undefined || keyLoss.refused === 0) return null;
  const { refused, refusedKeys } = keyLoss;
  const named = refusedKeys.slice(0, shownKeys).map(nameOf);
  const more = refused > named.length ? ` and ${countOf(refused - named.length, 'other')}` : '';
  return `nothing for ${countOf(refused, 'key')} (${named.join(', ')}${more}), because lost events are more likely to have named ${refused === 1 ? 'it' : 'them'} than not, and no record, estimate or live value is there instead; what is rebuilt is called incomplete`;
}

/** The keys of which the taken value is most likely wrong; nothing where no lost event may have named one. */
export function describeWorstKeys({ keyLoss }: Plan): string[] {
  if (keyLoss === undefined) return [];
  const { worst, keys, file } = keyLoss;
  const told = worst.slice(0, shownKeys).map(describeKey);
  const rest = keys > told.length ? `; all ${countOf(keys, 'key')}` : '; all';
  return [`Most likely wrong, key by key: ${told.join(', ')}${rest} in ${safeText(file)}`];
}

function describeKey({ key, wrong, taken }: ExpectedKeyLoss): string {
  const kept = taken === 'live' ? ', the live value kept' : '';
  return `${nameOf(key)} (${wrong === null ? 'not known how likely' : shareOf(wrong)}${kept})`;
}

function shareOf(wrong: number): string {
  if (wrong > 0.99 && wrong < 1) return 'over 99 %';
  if (wrong > 0 && wrong < 0.01) return 'below 1 %';
  return `${Math.round(wrong * 100)} %`;
}

function nameOf(key: string): string {
  return cutText(safeText(key), 40);
}
