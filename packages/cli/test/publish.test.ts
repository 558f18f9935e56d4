import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaOrSkip, readCommitted, startKafkaBroker, type KafkaBroker } from '@eventmend/test-services';
import { openIncident } from '@eventmend/core';
import { preparePublication } from '@eventmend/core/engine';
import { publicationTarget, readIncident } from '@eventmend/core/incident';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import {
  endOf,
  goldenOf,
  makeTopics,
  movements,
  outputsOf,
  sendAsService,
  sendMovements,
  writeMovementIncident,
  type Sent,
} from './publish-incident.js';
import { runEventmend } from './run-eventmend.js';
import { spawnEventmend, type Ended } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });

describeWithKafka('eventmend publish', () => {
  let broker: KafkaBroker;
  let folder: string;
  let otherFolder: string;
  let count = 0;
  let events: string;
  let outputs: string;
  const all = movements(900);
  const right = outputsOf(all);
  const lastOf = new Map(all.map((movement) => [movement.account, movement]));
  const isFaulty = (sent: Sent, rest: number) => (sent.of.offset + sent.of.partition) % 50 === rest;

  beforeAll(async () => {
    broker = await startKafkaBroker();
  });
  afterAll(() => broker.stop());
  beforeEach(() => temporaryFolder((path) => (folder = path)));
  beforeEach(() => temporaryFolder((path) => (otherFolder = path)));
  beforeEach(() => {
    events = `movements-${++count}`;
    outputs = `outputs-${count}`;
  });

  const run = (...words: string[]): Promise<Ended> => runEventmend(folder, words);
  async function ok(...words: string[]) {
    const ended = await run(...words, '--json');
    expect(`${ended.code} ${ended.code === 0 ? '' : ended.err + ended.out}`).toBe('0 ');
    return JSON.parse(ended.out);
  }

  /** What the faulty service sent: some missed, some twice, some wrong. */
  function faulty(): Sent[] {
    return right.flatMap((sent) => {
      if (sent.type === 'balance' && lastOf.get(sent.key) === sent.of && Number(sent.key.slice(1)) % 5 === 1) return [];
      if (isFaulty(sent, 7)) return [];
      if (isFaulty(sent, 17)) return [sent, sent];
      if (isFaulty(sent, 27) && sent.type === 'moved') return [{ ...sent, value: { cents: -1 } }];
      if (isFaulty(sent, 27) && sent.type === 'turnover') return [{ ...sent, value: (sent.value as number) + 5 }];
      return [sent];
    });
  }

  async function recoveredRun(): Promise<string> {
    await makeTopics(broker.bootstrap, [events, outputs]);
    await sendMovements(broker.bootstrap, events, all);
    await sendAsService(broker.bootstrap, outputs, faulty());
    writeMovementIncident(folder, { bootstrap: broker.bootstrap, events, outputs });
    const { run: report } = await ok('recover', '--yes');
    return report.runId;
  }

  test('only a verified run, only with a word, and a dry run sends nothing', async () => {
    const runId = await recoveredRun();
    const early = await run('publish', runId, '--corrections', '--yes');
    expect([early.code, early.err]).toEqual([16, expect.stringContaining('recovered, not verified')]);
    await ok('verify', runId);
    const silent = await run('publish', runId, '--corrections');
    expect([silent.code, silent.err]).toEqual([2, expect.stringContaining('publish asks before it sends')]);
    const neither = await run('publish', runId, '--yes');
    expect(neither.code).toBe(2);
    const before = await readCommitted(broker.bootstrap, outputs);
    const dry = await ok('publish', runId, '--corrections', '--dry-run');
    expect(publishedSchemas['publish.output'].parse(dry)).toEqual(dry);
    expect(dry.published).toBeNull();
    expect(dry.first.length).toBe(5);
    expect(dry.rows).toBeGreaterThan(50);
    expect(await readCommitted(broker.bootstrap, outputs)).toEqual(before);
  });

  test('corrections: each owed output and retraction once, in order, with its headers', async () => {
    const runId = await recoveredRun();
    await ok('verify', runId);
    const before = await readCommitted(broker.bootstrap, outputs);
    const canary = await ok('publish', runId, '--corrections', '--canary', '5', '--yes');
    expect(canary.published).toMatchObject({ complete: false, records: 5 });
    const published = await ok('publish', runId, '--corrections', '--yes');
    expect(published.published.complete).toBe(true);
    expect(publishedSchemas['publish.output'].parse(published)).toEqual(published);
    const after = await readCommitted(broker.bootstrap, outputs);
    const sent = after.filter(({ headers }) => headers['eventmend-publication'] !== undefined);
    expect(after.filter(({ headers }) => headers['eventmend-publication'] === undefined)).toEqual(before);
    expect(sent.length).toBe(published.rows);

    // What a reader comes to that adds up what it sees, against what the right outputs come to.
    const fold = (records: readonly { type: string; key: string | null; value: unknown; retract: boolean }[]) => {
      const moved = new Map<string, number>();
      const balance = new Map<string, unknown>();
      const turnover = new Map<string, number>();
      for (const { type, key: of, value, retract } of records) {
        const key = of ?? '';
        if (type === 'moved') {
          const cents = retract
            ? -(value as { undo: { cents: number } }).undo.cents
            : (value as { cents: number }).cents;
          moved.set(key, (moved.get(key) ?? 0) + cents);
        } else if (type === 'balance') balance.set(key, value);
        else if (type === 'turnover') turnover.set(key, (turnover.get(key) ?? 0) + (value as number));
      }
      return { moved, balance, turnover };
    };
    const asRead = fold(
      after.map(({ headers, key, value }) => ({
        ...{ type: headers['type'] ?? '', key, value: JSON.parse(value ?? 'null') as unknown },
        retract: headers['eventmend-action'] === 'retract',
      })),
    );
    const asRight = fold(right.map(({ type, key, value }) => ({ type, key, value, retract: false })));
    expect(asRead).toEqual(asRight);

    const effects = right.filter((one) => one.type === 'mail' && (isFaulty(one, 7) || isFaulty(one, 17))).length;
    expect(published.leftAlone).toMatchObject({ effects, undeclared: 0 });
    expect(sent.every(({ headers }) => headers['type'] !== 'mail')).toBe(true);
    const ids = new Set(sent.map(({ headers }) => headers['eventmend-publication']));
    expect(ids.size).toBe(sent.length);
    expect(sent[0]?.headers).toMatchObject({
      ...{ 'eventmend-run': runId, 'eventmend-reason': expect.any(String), 'eventmend-time': expect.any(String) },
      ...{ partition: expect.any(String), offset: expect.any(String) },
    });

    // Everything is there already: nothing more is sent, and the corrections of the run are what they were.
    const again = await ok('publish', runId, '--corrections', '--yes');
    expect(again.published).toEqual(published.published);
    expect((await readCommitted(broker.bootstrap, outputs)).length).toBe(after.length);
  });

  test('rebuild: the golden list in a new topic, in order; not into one that holds something, or is compacted', async () => {
    const runId = await recoveredRun();
    await ok('verify', runId);
    const rebuilt = `${outputs}-rebuilt`;
    await makeTopics(broker.bootstrap, [rebuilt]);
    await makeTopics(broker.bootstrap, [`${rebuilt}-compacted`], { 'cleanup.policy': 'compact' });
    const compacted = await run('publish', runId, '--rebuild', `${rebuilt}-compacted`, '--yes');
    expect([compacted.code, compacted.err]).toEqual([16, expect.stringContaining('is compacted')]);
    const occupied = await run('publish', runId, '--rebuild', outputs, '--yes');
    expect([occupied.code, occupied.err]).toEqual([16, expect.stringContaining('the service writes to')]);
    const absent = await run('publish', runId, '--rebuild', 'no-such-topic', '--yes');
    expect(absent.code).toBe(2);

    const first = await ok('publish', runId, '--rebuild', rebuilt, '--canary', '100', '--yes');
    expect(first.published).toMatchObject({ complete: false, records: 100 });
    const { published, leftAlone } = await ok('publish', runId, '--rebuild', rebuilt, '--yes');
    const seen = await readCommitted(broker.bootstrap, rebuilt);
    const golden = right.filter(({ type }) => type !== 'mail');
    expect(published).toMatchObject({ complete: true, records: golden.length });
    expect(leftAlone.effects).toBe(right.length - golden.length);
    for (const partition of [0, 1, 2]) {
      const there = seen.filter((record) => record.partition === partition);
      expect(there.map(({ headers, key, value }) => [headers['type'], key, value])).toEqual(goldenOf(right, partition));
    }
    expect(new Set(seen.map(({ headers }) => headers['eventmend-id'])).size).toBe(golden.length);
  });

  test('what the service writes behind the sealed ends is seen when publishing, and no older value sent behind it', async () => {
    const runId = await recoveredRun();
    await ok('verify', runId);
    const incident = readIncident(join(folder, 'movements.incident.yaml'));
    const open = await openIncident(incident);
    const target = publicationTarget(incident, open, null);
    const newer: Sent[] = [...lastOf.values()].map((of) => ({
      ...{ type: 'balance', key: of.account, value: { cents: 1 } },
      of: { ...of, offset: 1_000_000 },
    }));
    const topic = outputs;
    const recordedUpTo: typeof target.recordedUpTo = async (ends) => {
      const recorded = await target.recordedUpTo!(ends);
      return {
        ...recorded,
        async *read() {
          yield* recorded.read();
          // Just when everything recorded has been compared.
          await sendAsService(broker.bootstrap, topic, newer);
        },
      };
    };
    const request = { mode: 'corrections', target: { ...target, recordedUpTo }, now: Date.now() } as const;
    const prepared = await preparePublication(open, runId, request);
    try {
      const report = await prepared.publish({});
      expect(report.dropped).toBeGreaterThanOrEqual(4);
      expect(report.complete).toBe(true);
    } finally {
      await prepared.close();
      open.close();
    }
    const seen = await readCommitted(broker.bootstrap, outputs);
    const sent = seen.filter(({ headers }) => 'eventmend-publication' in headers);
    expect(sent.length).toBeGreaterThan(50);
    expect(sent.filter(({ headers }) => headers['type'] === 'balance')).toEqual([]);
  });

  test('two publishers: of one store the second is locked out; of a copy the one that slept is fenced', async () => {
    const runId = await recoveredRun();
    await ok('verify', runId);
    const rebuilt = `${outputs}-two`;
    await makeTopics(broker.bootstrap, [rebuilt]);
    const publish = ['publish', runId, '--rebuild', rebuilt, '--yes'];
    await ok(...publish, '--canary', '10');
    cpSync(folder, otherFolder, { recursive: true });
    let signal: (signal: NodeJS.Signals) => void = () => undefined;
    const slow = spawnEventmend(folder, [...publish, '--max-rate', '100 events/s'], {
      onSpawn: (kill) => (signal = kill),
    });
    const records = async () => (await readCommitted(broker.bootstrap, rebuilt)).length;
    const begun = await endOf(broker.bootstrap, rebuilt);
    let over = false;
    void slow.then(() => (over = true));
    while (!over && (await endOf(broker.bootstrap, rebuilt)) < begun + 60) await sleep(100);
    signal('SIGSTOP');
    const second = await run(...publish);
    expect([second.code, second.err]).toEqual([15, expect.stringContaining('another process works on run')]);
    const other = await spawnEventmend(otherFolder, publish);
    expect(other.code, other.err).toBe(0);
    signal('SIGCONT');
    const woken = await slow;
    expect([woken.code, woken.err]).toEqual([15, expect.stringContaining('another process publishes this run')]);
    const golden = right.filter(({ type }) => type !== 'mail');
    expect(await records()).toBe(golden.length);
    const { published } = await ok(...publish);
    expect(published).toMatchObject({ complete: true, records: golden.length });
  });
});
