import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Partitioners } from 'kafkajs';
import {
  kafkaOrSkip,
  startKafkaBroker,
  startSchemaRegistry,
  type KafkaBroker,
  type TestRegistry,
} from '@eventmend/test-services';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { valueForms, type ValueForm } from './encoded-outputs.js';
import { clientOf } from './kafka-incident.js';
import {
  makeTopics,
  movements,
  outputsOf,
  sendMovements,
  sendAsService,
  writeMovementIncident,
  type Sent,
} from './publish-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });

describeWithKafka('publishing: groups and schemas', () => {
  let broker: KafkaBroker;
  let registry: TestRegistry;
  let folder: string;
  let count = 0;
  let events: string;
  let outputs: string;
  const all = movements(120);
  const right = outputsOf(all);
  const lacks = ({ of }: Sent) => (of.offset + of.partition) % 10 === 7;
  const incidentFile = () => join(folder, 'movements.incident.yaml');

  beforeAll(async () => {
    broker = await startKafkaBroker();
    registry = await startSchemaRegistry();
  });
  afterAll(async () => {
    await broker?.stop();
    await registry?.close();
  });
  beforeEach(() => temporaryFolder((path) => (folder = path)));
  beforeEach(async () => {
    events = `events-${++count}`;
    outputs = `sent-${count}`;
    await makeTopics(broker.bootstrap, [events, outputs]);
    await sendMovements(broker.bootstrap, events, all);
    writeMovementIncident(folder, { bootstrap: broker.bootstrap, events, outputs });
  });

  const run = (...words: string[]) => runEventmend(folder, words);
  async function ok(...words: string[]) {
    const ended = await run(...words, '--json');
    expect(`${ended.code} ${ended.code === 0 ? '' : ended.err + ended.out}`).toBe('0 ');
    return JSON.parse(ended.out);
  }
  async function refused(what: string, ...words: string[]): Promise<void> {
    const ended = await run(...words);
    expect([ended.code, ended.err.replaceAll(/\s+/g, ' ')]).toEqual([16, expect.stringContaining(what)]);
  }
  async function recoveredRun(): Promise<string> {
    const { run: report } = await ok('recover', '--yes');
    await ok('verify', report.runId);
    return report.runId as string;
  }
  async function withAdmin<T>(
    use: (admin: ReturnType<ReturnType<typeof clientOf>['admin']>) => Promise<T>,
  ): Promise<T> {
    const admin = clientOf(broker.bootstrap).admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }
  const offsetsOf = (group: string) =>
    withAdmin(async (admin) => {
      const [topic] = await admin.fetchOffsets({ groupId: group, topics: [events] });
      return topic!.partitions.sort((a, b) => a.partition - b.partition).map(({ offset }) => offset);
    });
  const setOffset = (group: string, partition: number, offset: string) =>
    withAdmin((admin) => admin.setOffsets({ groupId: group, topic: events, partitions: [{ partition, offset }] }));

  test('move-group: only without members, behind the run, undone, and not over what was changed meanwhile', async () => {
    await sendAsService(
      broker.bootstrap,
      outputs,
      right.filter((sent) => !lacks(sent)),
    );
    const runId = await recoveredRun();
    const group = `workers ${count}`;
    await setOffset(group, 0, '5');
    await setOffset(group, 1, '7');
    const before = await offsetsOf(group);
    expect(before).toEqual(['5', '7', '-1']);
    const ends = await withAdmin((admin) => admin.fetchTopicOffsets(events));
    const behind = ends.sort((a, b) => a.partition - b.partition).map(({ high }) => high);

    await refused('whose outputs are not published', 'move-group', runId, group, '--yes');
    await ok('publish', runId, '--corrections', '--yes');
    const dry = await ok('move-group', runId, group, '--dry-run');
    expect(publishedSchemas['move-group.output'].parse(dry)).toEqual(dry);
    expect(dry).toMatchObject({
      written: false,
      steps: [{ before: '5', after: behind[0] }, { before: '7' }, { before: null }],
    });
    expect(await offsetsOf(group)).toEqual(before);

    const member = clientOf(broker.bootstrap).consumer({ groupId: group, sessionTimeout: 6000 });
    await member.connect();
    await member.subscribe({ topic: events });
    const joined = new Promise((resolve) => member.on(member.events.GROUP_JOIN, resolve));
    await member.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
    await joined;
    await refused('consumers are in the group', 'move-group', runId, group, '--yes');
    expect(await offsetsOf(group)).toEqual(before);
    await member.disconnect();

    const written = await ok('move-group', runId, group, '--yes');
    expect(written.written).toBe(true);
    expect(await offsetsOf(group)).toEqual(behind);
    expect((await ok('move-group', runId, group, '--yes')).written).toBe(false);

    // A worker has gone on since: there is no way back.
    await sendMovements(broker.bootstrap, events, [{ ...all[0]!, partition: 0 }]);
    await setOffset(group, 0, String(Number(behind[0]) + 1));
    await refused('were changed meanwhile', 'move-group', runId, group, '--undo', '--yes');
    await refused('would be handled twice', 'move-group', runId, group, '--yes');
    await setOffset(group, 0, behind[0]!);
    await ok('move-group', runId, group, '--undo', '--yes');
    expect(await offsetsOf(group)).toEqual(before);
    expect((await ok('move-group', runId, group, '--undo', '--yes')).written).toBe(false);
  }, 300_000);

  /** Puts records into the topic as a service with a serializer of Confluent's does. */
  async function sendEncoded(
    sent: readonly Sent[],
    ids: ReadonlyMap<string, number>,
    encode: ValueForm['encode'],
  ): Promise<void> {
    const producer = clientOf(broker.bootstrap).producer({
      ...{ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner },
    });
    await producer.connect();
    await producer.send({
      topic: outputs,
      messages: sent.map(({ type, key, value, of }) => {
        const header = Buffer.alloc(5);
        header.writeUInt32BE(ids.get(type)!, 1);
        const bytes = Buffer.concat([header, encode(type, value)]);
        return { key, value: bytes, headers: { type, partition: String(of.partition), offset: String(of.offset) } };
      }),
    });
    await producer.disconnect();
  }

  /** What stands in the topic, decoded. */
  async function decodedOutputs(
    decode: ValueForm['decode'],
  ): Promise<{ type: string; value: unknown; isOurs: boolean }[]> {
    const consumer = clientOf(broker.bootstrap).consumer({ groupId: `reader-${count}-${Math.random()}` });
    await consumer.connect();
    await consumer.subscribe({ topic: outputs, fromBeginning: true });
    const seen: { type: string; value: unknown; isOurs: boolean }[] = [];
    let quiet = Date.now();
    await consumer.run({
      eachMessage: ({ message: { headers, value } }) => {
        const type = String(headers?.['type']) as Sent['type'];
        seen.push({
          type,
          value: decode(type, value!.subarray(5)),
          isOurs: 'eventmend-id' in (headers ?? {}),
        });
        quiet = Date.now();
        return Promise.resolve();
      },
    });
    while (Date.now() - quiet < 3000) await new Promise((resolve) => setTimeout(resolve, 100));
    await consumer.disconnect();
    return seen;
  }

  /** Has the outputs written in a form, some of them missing, and gives the run that finds out and the numbers of the schemas. */
  async function writtenAs({ schemas, encode }: ValueForm) {
    const ids = new Map<string, number>();
    for (const [type, schema] of Object.entries(schemas)) {
      ids.set(type, await registry.register(`${outputs}-${type}`, schema));
    }
    await sendEncoded(
      right.filter((sent) => !lacks(sent)),
      ids,
      encode,
    );
    const text = readFileSync(incidentFile(), 'utf8');
    writeFileSync(
      incidentFile(),
      text.replace('    mapping:', `    schemas: { registry: { url: '${registry.url}' } }\n    mapping:`),
    );
    return { runId: await recoveredRun(), ids };
  }

  test.each(valueForms)(
    "$name: values as the registry's schemas say, read and written",
    async (form) => {
      const { runId } = await writtenAs(form);
      const owed = right.filter((sent) => lacks(sent) && (sent.type === 'moved' || sent.type === 'turnover'));
      expect(owed.length).toBeGreaterThan(10);
      const { published } = await ok('publish', runId, '--corrections', '--yes');
      expect(published.complete).toBe(true);
      const ours = (await decodedOutputs(form.decode)).filter(({ isOurs }) => isOurs);
      const values = (list: readonly { type: string; value: unknown }[], type: string) =>
        list
          .filter((one) => one.type === type)
          .map(({ value }) => JSON.stringify(value))
          .sort();
      for (const type of ['moved', 'turnover']) expect(values(ours, type)).toEqual(values(owed, type));
      const { counts } = await ok('corrections', runId);
      expect(counts.done).toBeGreaterThan(200);
    },
    300_000,
  );

  test('what a schema cannot hold is refused, and an output of which no record shows the schema', async () => {
    const { runId, ids } = await writtenAs(valueForms[0]!);
    // An outbox for the new topic, whose values would have to be written by a schema without room for them.
    const rebuilt = `${outputs}-new`;
    await makeTopics(broker.bootstrap, [rebuilt]);
    await refused('no record shows the schema of the output moved', 'publish', runId, '--rebuild', rebuilt, '--yes');
    const named = Object.fromEntries([...ids].map(([type, id]) => [type, type === 'moved' ? ids.get('mail')! : id]));
    writeFileSync(
      incidentFile(),
      readFileSync(incidentFile(), 'utf8').replace(
        `url: '${registry.url}' }`,
        `url: '${registry.url}' }, ids: ${JSON.stringify(named)}`,
      ),
    );
    await refused(
      `$.cents of the output moved (key "a0") of ${events}[0]@0: the schema has no such field`,
      'publish',
      runId,
      '--rebuild',
      rebuilt,
      '--yes',
    );
  }, 300_000);
});
