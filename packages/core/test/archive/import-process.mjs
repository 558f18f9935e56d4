// Imports a file into an archive in a process of its own, to be killed: node import-process.mjs ARCHIVE FILE [THREADS]
import { importIntoArchive } from '@eventmend/core/archive';
import { openRows } from '@eventmend/core/rows';

const [archive, file, threads = '0'] = process.argv.slice(2);
const mapping = {
  source: 'shop',
  topic: 'orders',
  partition: { hash: 'customer', count: 4 },
  offset: 'assigned',
  key: 'customer',
  // Rows with their number are read in one thread.
  ...(threads === '0' && { rowNumber: 'row' }),
};
process.stdout.write('ready\n');
const [result] = await importIntoArchive(archive, [await openRows(file)], mapping, {
  commitBytes: 100_000,
  archiveId: 'a',
  threads: Number(threads),
  chunkBytes: 20_000,
});
process.stdout.write(JSON.stringify(result));
