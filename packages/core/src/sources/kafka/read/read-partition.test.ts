import { describe, expect, it } from 'vitest';
import { encodeBatch, encodeRecord } from '../../../../test/kafka/encode-batch.js';
import type { LogHole } from '../../../model/log/event-log.js';
import { batchesOfRecords } from '../cluster/batches-of-records.js';
import type { KafkaCluster } from '../cluster/kafka-cluster.js';
import { readRecords } from './read-partition.js';
import type { DamagedBatch } from './take-batches.js';

const place = { source: 'kafka', topic: 't', incarnation: 'i', partition: 0 };
const whole = [batch(0, ['a', 'b']), batch(2, ['c', 'd', 'e']), batch(5, ['f'])];

function batch(base: number, values: readonly string[]): Buffer {
  const records = values.map((value, offsetDelta) => encodeRecord({ offsetDelta, value: Buffer.from(value) }));
  return encodeBatch({ baseOffset: BigInt(base), records });
}

/** The answer with a bit changed in its second batch, so many bytes from its end. */
function flippedAt(fromEnd: number): Buffer {
  const copy = Buffer.concat(whole.slice(0, 2));
  copy[copy.length - fromEnd] = (copy[copy.length - fromEnd] as number) ^ 1;
  return Buffer.concat([copy, ...whole.slice(2)]);
}

/** Reads the partition from a broker whose answers, one after the other, hold these records; the last one from then on. */
async function read(answers: readonly Buffer[], damage: 'keep' | 'refuse') {
  let asked = 0;
  const cluster: Pick<KafkaCluster, 'fetch'> = {
    fetch: () => {
      const records = answers[Math.min(asked++, answers.length - 1)] ?? Buffer.alloc(0);
      return Promise.resolve({
        ...{ highWatermark: 6, lastStableOffset: 6, logStartOffset: 0, aborted: [], recordBytes: records.length },
        batches: batchesOfRecords(records, place),
      });
    },
  };
  const holes: LogHole[] = [];
  const damaged: DamagedBatch[] = [];
  const reader = readRecords(
    {
      ...{ cluster: cluster as KafkaCluster, topicId: 'i', readCommitted: true, retention: null, fetchBytes: 1e6 },
      ...{ transactionWaitMs: 0, pace: { before: () => Promise.resolve(), after: () => undefined }, damage },
      onDamage: (found) => damaged.push(found),
    },
    { ...place, from: 0, to: 6, onHole: (hole) => holes.push(hole) },
  );
  const offsets: number[] = [];
  for (let page = await reader.next(); page !== null; page = await reader.next()) offsets.push(...page.offsets);
  return { asked, offsets, holes, damaged };
}

describe.each(['keep', 'refuse'] as const)(
  'a batch that cannot be read, where damage is to be dealt with by: %s',
  (damage) => {
    const all = [0, 1, 2, 3, 4, 5];

    it('is asked for once more, and read where it was broken on the way only', async () => {
      const { asked, ...found } = await read([flippedAt(1), Buffer.concat(whole)], damage);
      expect(found).toEqual({ offsets: all, holes: [], damaged: [] });
      expect(asked).toBe(2);
    });
  },
);

describe('a batch that is broken in the log', () => {
  it('comes again as it was, and is a hole with its bytes where damage is kept', async () => {
    const found = await read([flippedAt(1)], 'keep');
    expect(found).toMatchObject({ asked: 2, offsets: [0, 1, 5], holes: [{ from: 2, to: 5, reason: 'damaged' }] });
    expect(found.damaged).toMatchObject([{ from: 2, to: 5, error: { code: 'corrupt-record-batch' } }]);
  });

  it('is asked for as long as each answer is broken in another way, up to the fifth', async () => {
    const unlike = [1, 2, 3, 4].map(flippedAt);
    expect((await read([...unlike, Buffer.concat(whole)], 'keep')).offsets).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await read([...unlike, flippedAt(5)], 'keep')).toMatchObject({ asked: 5, offsets: [0, 1, 5] });
  });

  it('is an error where it is not', async () => {
    await expect(read([flippedAt(1)], 'refuse')).rejects.toMatchObject({ code: 'corrupt-record-batch' });
  });

  it('is an error in either case where nothing tells how long it is', async () => {
    const short = Buffer.concat(whole);
    short.writeInt32BE(5, (whole[0] as Buffer).length + 8);
    for (const damage of ['keep', 'refuse'] as const) {
      const never = read([short], damage);
      await expect(never).rejects.toMatchObject({ code: 'corrupt-record-batch' });
      expect((await read([short, Buffer.concat(whole)], damage)).offsets).toHaveLength(6);
    }
  });
});
