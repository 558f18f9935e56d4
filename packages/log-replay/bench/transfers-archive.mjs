import { createArchiveWriter } from '@eventmend/core/archive';
import { localTransferText, transferText } from './transfers.mjs';

export const accounts = 1000;

/** Text of the nth transfer: between any two accounts, or between two of its own partition. */
export function textOf(n, { partitions, local, accounts: keys = accounts }) {
  return local ? localTransferText(n, n % partitions, keys / partitions) : transferText(n, keys);
}

/** Writes transfers round robin over some partitions, 250 ms apart. `shape` is `{ events, partitions, local, accounts? }`. */
export function writeTransfers(path, shape) {
  const { events, partitions } = shape;
  const writer = createArchiveWriter(path, { source: 'bench' });
  const appenders = Array.from({ length: partitions }, (_, partition) =>
    writer.partition({ source: 'bench', topic: 'transfers', incarnation: '', partition }),
  );
  for (let n = 0; n < events; n++) {
    const offset = Math.floor(n / partitions);
    const time = 1_700_000_000_000 + n * 250;
    const value = textOf(n, shape);
    appenders[n % partitions].appendParsed({ offset, time, timeType: 'create', key: null, headers: null, value });
    if (writer.pendingBytes > 32e6) writer.commit();
  }
  writer.commit();
  writer.close();
}
