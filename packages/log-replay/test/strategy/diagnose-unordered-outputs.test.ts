import { createMemoryRecordedOutputs, defineWorker, type RecordedOutput, type Worker } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.js';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident } from '../diagnose/memory-incident.js';

interface Change {
  readonly key: string;
  readonly add: number;
}

const adds = [5, 7, 9, 2, 11, 4];
const event = (add: number, partition = 0) => ({ partition, value: { key: 'a', add } });
const refOf = (offset: number, partition = 0) => ({ topic: 't', partition, offset });

/** One key, two outputs: what the event says, and what the sum is then. */
const summing = (outputs: 'once' | 'twice'): Worker =>
  defineWorker<Change, number>({
    name: 'sums',
    version: '1',
    key: ({ value }) => value.key,
    initial: () => 0,
    outputs: { said: { kind: 'event' }, sum: { kind: 'event' } },
    evolve(sum, { value: { add } }, context) {
      context.emit('said', { add });
      context.emit('sum', { sum: sum + add });
      if (outputs === 'twice') context.emit('sum', { sum });
      return sum + add;
    },
  });

type Row = Pick<RecordedOutput, 'output' | 'key' | 'value' | 'event'>;
const said = (offset: number, add = adds[offset]): Row => ({
  output: 'said',
  key: 'a',
  value: { add },
  event: refOf(offset),
});
const sum = (offset: number, value: number, partition = 0): Row => ({
  output: 'sum',
  key: 'a',
  value: { sum: value },
  event: refOf(offset, partition),
});

interface Found {
  readonly worker?: Worker;
  readonly order?: 'unknown' | 'handling';
  readonly events?: readonly ReturnType<typeof event>[];
}

async function toldOf(
  rows: readonly Row[],
  { worker = summing('once'), order = 'unknown', events = adds.map((add) => event(add)) }: Found = {},
) {
  const next = [...new Set(events.map(({ partition }) => partition))].map(
    (place) => events.filter(({ partition }) => partition === place).length,
  );
  return withIncident(
    {
      worker,
      events,
      // A state that fits nothing, so that only the outputs speak.
      live: { id: 'live', next, states: { a: -1 } },
      more: { recordedOutputs: createMemoryRecordedOutputs([...rows], { order }) },
    },
    async ({ situation }) => {
      const { evidence, records } = await diagnose(situation);
      const faults = [...readFaults(situation.store)];
      return {
        faults: faults.map((fault) => `${fault.kind} ${fault.event.partition}@${fault.event.offset}`),
        evidence,
        records,
      };
    },
  );
}

describe('outputs in no order', () => {
  it('of one event that contradict each other show that it was handled twice', async () => {
    const told = await toldOf([sum(3, 23), sum(0, 5), sum(3, 25), said(3), said(2)]);
    expect(told).toMatchObject({ faults: ['twice 0@3'], evidence: 'states', records: ['memory'] });
  });

  it('show so with absent fields written as null; not with fields that the handler does not give', async () => {
    const withMore = (row: Row, more: object): Row => ({ ...row, value: { ...(row.value as object), ...more } });
    const nulls = [sum(3, 23), sum(3, 25)].map((row) => withMore(row, { note: null }));
    expect((await toldOf(nulls)).faults).toEqual(['twice 0@3']);
    const stamps = [withMore(sum(3, 23), { sent: 1 }), withMore(sum(3, 23), { sent: 2 })];
    expect((await toldOf(stamps)).faults).toEqual([]);
  });

  it('that repeat each other, or that say what the others do not speak of, show nothing', async () => {
    expect((await toldOf([sum(3, 23), said(3), sum(3, 23), said(3)])).faults).toEqual([]);
  });

  it('that one handling may leave beside each other show nothing', async () => {
    expect((await toldOf([sum(3, 23), sum(3, 21)], { worker: summing('twice') })).faults).toEqual([]);
  });

  it('that say otherwise what depends on no state are wrong; a sum may come of any order', async () => {
    const told = await toldOf([said(4, 110), sum(2, 9000), said(1), said(0)]);
    expect(told.faults).toEqual(['wrong 0@4']);
  });
});

describe('outputs that contradict each other, where the order over partitions is not known', () => {
  const events = adds.map((add, number) => event(add, number % 2));
  // The first event of each partition, and that of the second one again, as it is from there.
  const rows = [said(0), sum(0, 5), { ...said(0, 7), event: refOf(0, 1) }, sum(0, 12, 1)];
  const again = [{ ...said(0, 7), event: refOf(0, 1) }, sum(0, 19, 1)];

  it('show a second handling from whatever states', async () => {
    const { faults } = await toldOf([...rows, ...again], { order: 'handling', events });
    expect(faults).toContain('twice 1@0');
  });
});
