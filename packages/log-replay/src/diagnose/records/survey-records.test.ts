import { createMemoryLedger } from '@eventmend/core';
import type { ReplaySpec } from '@eventmend/core/engine';
import { describe, expect, it } from 'vitest';
import { readHandlings } from './read-handlings.js';
import { surveyRecords } from './survey-records.js';

const id = { source: 'memory', topic: 't', incarnation: '', partition: 0 };
const partitions = [{ id, next: 0 }] as unknown as ReplaySpec['partitions'];

const begins = async (...offsets: number[]): Promise<number | null | undefined> => {
  const ledger = createMemoryLedger(offsets.map((offset) => ({ event: { topic: 't', partition: 0, offset } })));
  return (await surveyRecords(partitions, readHandlings(null, ledger))).witnessedFrom[0];
};

describe('where records begin', () => {
  it('is where the first one says', async () => {
    expect(await begins(4, 5, 6)).toBe(4);
    expect(await begins(0, 3, 4)).toBe(0);
  });

  it('is not where a late one stands that comes behind it, or one that was handled before already', async () => {
    expect(await begins(8, 9, 10, 5, 11, 12)).toBe(8);
    expect(await begins(8, 9, 7, 10)).toBe(8);
  });

  it('is not where one stands that came again long after it', async () => {
    expect(await begins(3, 8, 9, 10)).toBe(8);
  });
});
