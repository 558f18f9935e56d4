import { createMemoryLedger, createMemoryRecordedOutputs } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import type { Handling } from './handling.js';
import { readHandlings } from './read-handlings.js';

const at = (partition: number, offset: number) => ({ topic: 't', partition, offset });

async function all(handlings: AsyncIterable<readonly Handling[]>) {
  const found: string[] = [];
  for await (const batch of handlings) {
    for (const { event, outputs } of batch) {
      found.push(`${event?.partition}@${event?.offset} ${outputs?.map(({ output }) => output).join('') ?? '-'}`);
    }
  }
  return found;
}

describe('reading handlings', () => {
  it('takes neighbouring outputs of one event together, over batches too', async () => {
    const outputs = createMemoryRecordedOutputs(
      [
        { output: 'a', event: at(0, 1) },
        { output: 'b', event: at(0, 1) },
        { output: 'a', event: at(1, 1) },
        { output: 'a', event: at(0, 1) },
      ],
      { batchRecords: 1 },
    );
    expect(await all(readHandlings(outputs, null))).toEqual(['0@1 ab', '1@1 a', '0@1 a']);
  });

  it('puts together what a service that handles partitions at once has mixed, and nothing else', async () => {
    const mixed = [
      { output: 'a', event: at(0, 1) },
      { output: 'a', event: at(1, 1) },
      { output: 'b', event: at(0, 1) },
      { output: 'b', event: at(1, 1) },
      // Redelivered: the same output again is another handling.
      { output: 'a', event: at(0, 1) },
      { output: 'a', event: at(0, 2) },
      { output: 'c', event: at(0, 1) },
    ];
    const told = ['0@1 ab', '1@1 ab', '0@1 a', '0@2 a', '0@1 c'];
    expect(await all(readHandlings(createMemoryRecordedOutputs(mixed), null))).toEqual(told);
    expect(await all(readHandlings(createMemoryRecordedOutputs(mixed, { batchRecords: 1 }), null))).toEqual(told);
  });

  it('keeps rows that came again apart from the handling that goes on', async () => {
    const row = (output: string, partition: number, offset: number) => ({ output, event: at(partition, offset) });
    const resent = [
      row('a', 0, 1),
      row('a', 1, 1),
      // Again, between the first output of its event and the second.
      row('a', 0, 1),
      row('b', 0, 1),
      row('a', 0, 2),
    ];
    const told = ['0@1 ab', '1@1 a', '0@1 a', '0@2 a'];
    expect(await all(readHandlings(createMemoryRecordedOutputs(resent), null))).toEqual(told);
    // As many rows again as the handling had are still one group.
    const twice = [row('a', 0, 1), row('b', 0, 1), row('a', 1, 1), row('a', 0, 1), row('a', 1, 2), row('b', 0, 1)];
    expect(await all(readHandlings(createMemoryRecordedOutputs(twice), null))).toEqual([
      '0@1 ab',
      '1@1 a',
      '0@1 ab',
      '1@2 a',
    ]);
  });

  it('does not take what a ledger names, although it seemed to begin later, for something from before it', async () => {
    const ledger = createMemoryLedger([{ event: at(1, 4) }, { event: at(0, 9) }, { event: at(0, 11) }]);
    const outputs = createMemoryRecordedOutputs(
      [at(0, 8), at(1, 4), at(0, 9), at(0, 11)].map((event) => ({ output: 'a', event })),
    );
    const begins = ({ partition }: { readonly partition: number }): number => (partition === 0 ? 10 : 4);
    expect(await all(readHandlings(outputs, ledger, begins))).toEqual(['0@8 a', '1@4 a', '0@9 a', '0@11 a']);
  });

  it('gives an entry that came again as it was no outputs of another handling', async () => {
    const entry = (offset: number, time: number) => ({ event: at(0, offset), time });
    const rows = (...times: readonly number[]) =>
      times.map((time, number) => ({ output: `${number}`, event: at(0, 1), time, value: number }));
    const ledger = createMemoryLedger([entry(1, 10), entry(1, 10), entry(1, 30)]);
    const outputs = createMemoryRecordedOutputs([...rows(10), { output: 'x', event: at(0, 2), time: 20 }, ...rows(30)]);
    expect(await all(readHandlings(outputs, ledger))).toEqual(['0@1 0', '0@1 -', '0@1 0', '0@2 x']);
    // Times of events say nothing of handlings.
    const ofEvents = createMemoryLedger([entry(1, 10), entry(2, 20), entry(1, 10)]);
    const sent = createMemoryRecordedOutputs([...rows(10), { output: 'x', event: at(0, 2), time: 20 }, ...rows(10)]);
    expect(await all(readHandlings(sent, ofEvents))).toEqual(['0@1 0', '0@2 x', '0@1 0']);
  });

  it('lets a ledger name the handlings, and gives each its outputs', async () => {
    const ledger = createMemoryLedger([{ event: at(0, 1) }, { event: at(0, 2) }, { event: at(0, 3) }]);
    const outputs = createMemoryRecordedOutputs([
      { output: 'a', event: at(0, 2) },
      { output: 'a', event: at(0, 9) },
    ]);
    // Outputs were kept for a shorter time: of what came before the first one, nothing is known.
    expect(await all(readHandlings(outputs, ledger))).toEqual(['0@1 -', '0@2 a', '0@3 ', '0@9 a']);
    expect(await all(readHandlings(null, ledger))).toEqual(['0@1 -', '0@2 -', '0@3 -']);
  });

  it('does not take outputs of a second handling for the beginning of all', async () => {
    const ledger = createMemoryLedger([1, 2, 3, 1, 4].map((offset) => ({ event: at(0, offset) })));
    const outputs = createMemoryRecordedOutputs([3, 1, 4].map((offset) => ({ output: 'a', event: at(0, offset) })));
    // What the first entry is given is open to doubt; that the second one left nothing is not said.
    expect(await all(readHandlings(outputs, ledger))).toEqual(['0@1 a', '0@2 -', '0@3 a', '0@1 ', '0@4 a']);
  });
});
