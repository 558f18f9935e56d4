import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { defineWorker } from '@eventmend/core';
import { createWorkerInstance, knownEvents, matchRecords, openExternalRecords } from '@eventmend/core/engine';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';

const partitions = 8;
const start = 1_770_000_000_000;

const worker = defineWorker({
  name: 'payments',
  version: '1.0.0',
  key: ({ key }) => key,
  initial: () => ({ cents: 0 }),
  evolve: ({ cents }, { value }) => ({ cents: cents + value.cents }),
});

const paymentOf = (n) => ({
  account: `account-${(n * 7919) % 50_000}`,
  time: start + n * 130,
  cents: 100 + ((n * 31) % 90_000),
});

async function writeInputs(folder, count) {
  const writer = createArchiveWriter(join(folder, 'payments.archive'), { source: 'bench' });
  const appenders = Array.from({ length: partitions }, (_, partition) =>
    writer.partition({ source: 'bench', topic: 'payments', incarnation: '', partition }),
  );
  const csv = createWriteStream(join(folder, 'bank.csv'));
  csv.write('reference,account,booked,amount\n');
  for (let n = 0; n < count; n += 1) {
    const { account, time, cents } = paymentOf(n);
    const value = JSON.stringify({ type: 'payment', id: `pay-${n}`, account, cents, note: 'x'.repeat(80) });
    appenders[n % partitions].appendParsed({
      offset: Math.floor(n / partitions),
      time,
      timeType: 'create',
      key: account,
      headers: null,
      value,
    });
    if (writer.pendingBytes > 32e6) writer.commit();
    // One of a thousand is missing; all come up to a minute late.
    if (n % 1000 === 7) continue;
    const row = `pay-${n},${account},${time + ((n * 37) % 60_000)},${(cents / 100).toFixed(2)}\n`;
    if (!csv.write(row)) await once(csv, 'drain');
  }
  writer.commit();
  writer.close();
  csv.end();
  await once(csv, 'finish');
}

const mapping = {
  id: 'reference',
  key: 'account',
  time: { column: 'booked', unit: 'milliseconds' },
  amount: { column: 'amount' },
};
const byId = {
  topic: null,
  types: ['payment'],
  id: 'value.id',
  key: 'key',
  time: 'time',
  within: null,
  amount: { path: 'value.cents', factor: '100' },
  typed: false,
  reversible: false,
  from: null,
  until: null,
};
const byAmount = { ...byId, id: null, within: { earlier: 0, later: 120_000 } };

/** Records of a CSV matched with the events of an archive, against reading both in the same way. */
async function bench(name, folder, count, rule, quick) {
  const input = { kind: 'file', file: join(folder, 'bank.csv'), format: 'csv' };
  const log = openArchive(join(folder, 'payments.archive'));
  const instance = createWorkerInstance(worker, { replaying: true });
  const eventsOf = () => knownEvents({ logs: [{ log, as: 'archive' }] }, instance, rule);
  let peak = 0;
  try {
    const { speed } = await interleaved({
      async subject() {
        const { known, missing, matched } = await matchRecords(
          await openExternalRecords(input, mapping),
          await eventsOf(),
          rule,
        );
        peak = Math.max(peak, process.memoryUsage().rss);
        if (missing !== Math.round(count / 1000) || known - matched !== missing) {
          throw new Error(`${missing} of ${known} missing, ${matched} matched`);
        }
      },
      async reference() {
        let seen = 0;
        for await (const batch of (await openExternalRecords(input, mapping)).read()) seen += batch.length;
        for await (const batch of (await eventsOf()).read()) seen += batch.length;
        if (seen < count) throw new Error('not all was read');
      },
      pairs: quick ? 5 : 7,
    });
    const floor = `reading both (peak ${Math.round(peak / 1e6)} MB)`;
    return { name, value: speed[1], unit: 'x', floor, bar: '>= 0.5', runs: speed };
  } finally {
    log.close();
  }
}

export default async function matching({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    const count = quick ? 200_000 : 1_000_000;
    await writeInputs(folder, count);
    return [
      await bench('matching_by_id_vs_reading', folder, count, { ...byId, from: start, until: start * 2 }, quick),
      await bench(
        'matching_by_amount_vs_reading',
        folder,
        count,
        { ...byAmount, from: start, until: start * 2 },
        quick,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
