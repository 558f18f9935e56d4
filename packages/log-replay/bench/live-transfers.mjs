import { closeSync, openSync, writeSync } from 'node:fs';
import { textOf } from './transfers-archive.mjs';
import { opening, settle, share, told } from './smoothed-transfers.mjs';

/** A fault among so many events; the kinds take turns. */
const oneIn = 1500;

/**
 * Plays the service of the transfers with an error in its last three tenths, and writes what it sent, a line an output:
 * every `oneIn`th event is missed, handled twice, or handled with another amount. Returns how many of each.
 */
export function writeLiveOutputs(path, shape) {
  const { events, partitions } = shape;
  const accounts = new Map();
  const planted = { missed: 0, twice: 0, wrong: 0 };
  const file = openSync(path, 'w');
  let piece = '';
  const handle = (n, factor) => {
    const transfer = JSON.parse(textOf(n, shape));
    const amount = transfer.amount * factor;
    const payer = settle(accounts.get(transfer.from) ?? opening, -amount, transfer.at);
    accounts.set(transfer.from, payer);
    const payee = settle(accounts.get(transfer.to) ?? opening, amount + share(payer), transfer.at);
    accounts.set(transfer.to, payee);
    const value = told(transfer, payer, payee);
    const place = { topic: 'transfers', partition: n % partitions, offset: String(Math.floor(n / partitions)) };
    piece += JSON.stringify({ output: 'movement', key: transfer.from, value, time: transfer.at, ...place }) + '\n';
    if (piece.length > 1 << 20) {
      writeSync(file, piece);
      piece = '';
    }
  };
  for (let n = 0; n < events; n++) {
    const kind = n > events * 0.7 && n % oneIn === 7 ? ['missed', 'twice', 'wrong'][Math.floor(n / oneIn) % 3] : null;
    if (kind !== null) planted[kind]++;
    if (kind === 'missed') continue;
    handle(n, kind === 'wrong' ? 60 : 1);
    if (kind === 'twice') handle(n, 1);
  }
  writeSync(file, piece);
  closeSync(file);
  return planted;
}
