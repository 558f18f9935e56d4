import { isRecoveryError } from '../../src/model/errors/recovery-error.js';
import { keyTextOf } from '../../src/sources/kafka/batches/record-columns.js';
import { BatchWriter, type WrittenBatch } from '../../src/sources/kafka/batches/batch-writer.js';
import { publicationOf } from '../../src/runs/publish/match-tail.js';
import { publishPartition, readTail } from '../../src/runs/publish/publish-partition.js';
import { publicationId } from '../../src/runs/publish/outbox.js';
import { describe, expect, test } from 'vitest';
import { base, memoryOutbox, type SmallRow } from './memory-outbox.js';
import { Crash, randomOf, SimulatedTopic, type Faults, type Mutant } from './simulated-topic.js';

const seeds = process.env['EVENTMEND_FULL'] === '1' ? 20_000 : 400;
const firstSeed = Number(process.env['EVENTMEND_PUBLISH_SEED'] ?? 1);

interface Outcome {
  /** What is wrong with it; null where nothing is. */
  readonly violation: string | null;
  readonly fenced: number;
  readonly crashes: number;
  readonly dropped: number;
}

/**
 * Publishes a few rows by one process, or by two at once, while requests are lost, late or doubled and processes die; then
 * once more in peace. Looks at what a read-committed consumer sees.
 */
async function simulate(seed: number, mutant: Mutant | null): Promise<Outcome> {
  // A wrong version may never end; it is wrong in other seeds too.
  const longest = mutant === null ? 6000 : 800;
  const random = randomOf(seed);
  const withForeign = random() < 0.5;
  const rows: SmallRow[] = Array.from({ length: 3 + Math.floor(random() * 12) }, (_, index) => ({
    key: `k${Math.floor(random() * 4)}`,
    value: `${index}`,
    guarded: withForeign && random() < 0.5,
  }));
  const outbox = memoryOutbox(rows, 1 + Math.floor(random() * 4));
  const faults: Faults = {
    lostRequest: random() * 0.1,
    lostAnswer: random() * 0.15,
    delayed: random() * 0.15,
    crash: random() * 0.08,
    timeout: random() * 0.02,
    behind: random() * 0.1,
    lostTail: random() * 0.1,
    forgottenMarker: random() * 0.1,
  };
  const start = Math.floor(random() * 3);
  const topic = new SimulatedTopic({ random, faults, mutant, start });
  topic.rows = [...outbox.batches(0)].map(({ bytes }) => bytes);
  const waiting: (() => void)[] = [];
  const tick = () => new Promise<void>((resolve) => waiting.push(resolve));
  const clock = { now: () => topic.steps, pause: tick };
  const recordedEnd = topic.end;
  // What the service writes while the rows are still being compared with what stood there before.
  if (withForeign && random() < 0.5) topic.appendForeign(foreignBatch(random), -1, 'committed');
  const sealedEnd = mutant === 'no-recorded-end' ? topic.end : recordedEnd;
  const publication = () => ({
    partition: topic.partition(tick),
    ...{ rows: outbox, base, topic: 'out', outputOf: withForeign ? () => 'o' : null },
    ...{ start: sealedEnd, limit: rows.length },
    limits: { rows: 1 + Math.floor(random() * 4), bytes: 1e6 },
    ...{ transactionTimeoutMs: 1000, patienceMs: 1e9, clock },
  });

  let fenced = 0;
  let crashes = 0;
  let violation: string | null = null;
  const fail = (what: string) => void (violation ??= `seed ${seed}: ${what}`);

  async function process(): Promise<void> {
    for (;;) {
      try {
        await publishPartition(publication());
        const seen = publishedSeqs(topic);
        if (seen.length + outbox.dropped.size !== rows.length) fail(`said to be done with ${seen.join()}`);
        return;
      } catch (error) {
        if (error instanceof Crash && ++crashes < 20) continue;
        if (error instanceof Crash) return;
        if (isRecoveryError(error) && error.code === 'fenced-by-another-process') {
          fenced++;
          return;
        }
        // Another process may have died within its transaction behind this one's fence; whoever comes next ends that.
        if (isRecoveryError(error) && error.code === 'open-transaction' && !topic.calm) return;
        fail(String((error as Error).stack));
        return;
      }
    }
  }

  async function foreignProducer(): Promise<void> {
    for (let n = 0; n < 6; n++) {
      for (let waits = 0; waits < 8; waits++) await tick();
      if (random() < 0.5) topic.appendForeign(foreignBatch(random), -1, 'committed');
      else {
        const entry = topic.appendForeign(foreignBatch(random), 1_000_000 + n, 'open');
        for (let waits = 0; waits < 5; waits++) await tick();
        topic.decide(entry, random() < 0.5 ? 'committed' : 'aborted');
      }
    }
  }

  const work = [process(), ...(random() < 0.5 ? [process()] : []), ...(withForeign ? [foreignProducer()] : [])];
  await drive(Promise.all(work), waiting, random, topic, longest);
  topic.settle();
  topic.calm = true;
  await drive(process(), waiting, random, topic, longest);
  const readBack = readTail(publication()).catch((error: unknown) => fail(String(error)));
  await drive(readBack, waiting, random, topic, longest);

  const seqs = publishedSeqs(topic);
  const expected = rows.map((_, seq) => seq).filter((seq) => !outbox.dropped.has(seq));
  if (JSON.stringify(seqs) !== JSON.stringify(expected)) fail(`published ${seqs.join()}`);
  const unsound = guardViolation(topic, rows, outbox.dropped);
  if (unsound !== null) fail(unsound);
  return { violation, fenced, crashes, dropped: outbox.dropped.size };
}

/** A newer value of some key, as the service writes it. */
function foreignBatch(random: () => number): WrittenBatch {
  const writer = new BatchWriter();
  const key = Buffer.from(`k${Math.floor(random() * 4)}`);
  writer.add({ key, value: Buffer.from('foreign'), time: 5, headers: [] });
  return writer.take();
}

/** Lets one of those that wait go on at a time, until the work is done. */
async function drive(
  work: Promise<unknown>,
  waiting: (() => void)[],
  random: () => number,
  topic: SimulatedTopic,
  longest: number,
) {
  let done = false;
  void work.finally(() => (done = true));
  for (let steps = 0; steps < longest; steps++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (done) return;
    topic.step();
    const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
    next?.();
  }
  throw new Error('the simulation does not end');
}

function publishedSeqs(topic: SimulatedTopic): readonly number[] {
  const columns = topic.visible(true);
  return columns.offsets.flatMap((_, index) => {
    const id = publicationOf(columns, index);
    return id === null ? [] : [Number(id.slice(publicationId(base, 0, 0).length - 1))];
  });
}

/** A latest value stands only where nothing newer was in front of it, and is left out only where something newer stands. */
function guardViolation(topic: SimulatedTopic, rows: readonly SmallRow[], dropped: ReadonlySet<number>): string | null {
  const columns = topic.visible(true);
  const foreign = new Set<string>();
  for (let index = 0; index < columns.length; index++) {
    const id = publicationOf(columns, index);
    if (id === null) foreign.add(keyTextOf(columns, index) ?? '');
    else {
      const row = rows[Number(id.slice(publicationId(base, 0, 0).length - 1))];
      if (row?.guarded === true && foreign.has(row.key)) return `${id} stands behind a newer value`;
    }
  }
  const unfounded = [...dropped].find((seq) => !foreign.has(rows[seq]?.key ?? ''));
  return unfounded === undefined ? null : `row ${unfounded} was left out and nothing newer stands`;
}

describe('the publishing protocol, simulated', () => {
  test(`each row once and in order, over ${seeds} seeds from ${firstSeed}`, async () => {
    let fenced = 0;
    let crashes = 0;
    let dropped = 0;
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const outcome = await simulate(seed, null);
      expect(outcome.violation).toBeNull();
      fenced += outcome.fenced;
      crashes += outcome.crashes;
      dropped += outcome.dropped;
    }
    // A simulation in which nothing happens proves nothing.
    expect({ fenced: fenced > seeds / 20, crashes: crashes > seeds / 5, dropped: dropped > seeds / 20 }).toEqual({
      ...{ fenced: true, crashes: true, dropped: true },
    });
  });

  test.each([
    ...(['no-fence', 'no-scan', 'reused-producer', 'subtracted-offsets', 'abort-on-failure', 'unseen-places'] as const),
    ...(['no-recorded-end', 'leftovers-stay'] as const),
  ])(
    'finds out the mutant %s',
    async (mutant) => {
      for (let seed = 1; seed <= 3000; seed++) {
        // One that never ends is no proof that anything was lost or doubled.
        const outcome = await simulate(seed, mutant).catch(() => null);
        if (outcome !== null && outcome.violation !== null) return;
      }
      throw new Error(`${mutant} was not found out`);
    },
    600_000,
  );
});
