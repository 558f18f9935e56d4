import { defineWorker } from '@eventmend/core';
import { opening, settle, share, told } from './smoothed-transfers.mjs';

const level = (at, key) => ({ ...key, fields: { level: at }, within: { level: 0.05 } });

export default defineWorker({
  name: 'smoothed-transfers',
  version: '1.0.0',
  keys: (event) => [event.value.from, event.value.to],
  initial: () => opening,
  outputs: { movement: { kind: 'event', reveals: [level('from', {}), level('to', { key: 'payee' })] } },
  evolve(states, { value: transfer }, context) {
    const payer = settle(states.get(transfer.from), -transfer.amount, transfer.at);
    states.set(transfer.from, payer);
    const payee = settle(states.get(transfer.to), transfer.amount + share(payer), transfer.at);
    states.set(transfer.to, payee);
    context.emit('movement', told(transfer, payer, payee));
  },
});
