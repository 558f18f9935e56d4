import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';
import { archiveEventTexts } from './archive-events.mjs';

const partitions = 8;

function writeArchive(path, texts) {
  const writer = createArchiveWriter(path, { source: 'bench' });
  const appenders = Array.from({ length: partitions }, (_, partition) =>
    writer.partition({ source: 'bench', topic: 'payments', incarnation: '', partition }),
  );
  texts.forEach((value, i) => {
    const time = 1700000000000 + i * 13;
    const event = {
      offset: Math.floor(i / partitions),
      time,
      timeType: 'create',
      key: `acc-${i % 50000}`,
      headers: null,
      value,
    };
    appenders[i % partitions].appendParsed(event);
    if (writer.pendingBytes > 32e6) writer.commit();
  });
  writer.commit();
  writer.close();
}

/** Reading every value of an archive, each segment checked against its hash, against parsing the same texts in memory. */
export default async function archiveRead({ quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-bench-'));
  try {
    const texts = archiveEventTexts(quick ? 200_000 : 1_000_000);
    const path = join(folder, 'read.archive');
    writeArchive(path, texts);
    let sum = 0;
    const { speed } = await interleaved({
      subject() {
        const log = openArchive(path);
        for (const partition of log.describe().partitions) {
          const reader = log.read({ ...partition, ...partition.range });
          for (let page = reader.next(); page !== null; page = reader.next()) {
            const { values } = page;
            for (let i = 0; i < values.length; i++) sum += values[i].amount;
          }
        }
        log.close();
      },
      reference() {
        for (const text of texts) sum -= JSON.parse(text).amount;
      },
      pairs: quick ? 5 : 9,
    });
    if (Math.abs(sum) > 1) throw new Error('the archive holds other values than were written');
    const floor = 'JSON.parse of the same texts in memory';
    return [{ name: 'archive_read_vs_parse', value: speed[1], unit: 'x', floor, bar: '>= 1.2', runs: speed }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
