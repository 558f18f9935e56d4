import { defineWorker } from '@eventmend/core';
import { movement, openingAccount, pay, receive } from './transfers.mjs';

export default defineWorker({
  name: 'transfers',
  version: '1.0.0',
  keys: (event) => [event.value.from, event.value.to],
  initial: () => openingAccount,
  outputs: { movement: { kind: 'event' } },
  evolve(states, event, context) {
    const transfer = event.value;
    const payer = pay(states.get(transfer.from), transfer);
    const payee = receive(states.get(transfer.to), payer, transfer);
    states.set(transfer.from, payer);
    states.set(transfer.to, payee);
    context.emit('movement', movement(transfer, payer, payee));
  },
});
