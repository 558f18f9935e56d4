import { defineWorker } from '@eventmend/core';
import { openingAccount, pay, receive } from './transfers.mjs';

/** The accounts alone, without outputs: what a projection of an event store keeps. */
export default defineWorker({
  name: 'transfers-projection',
  version: '1.0.0',
  keys: (event) => [event.value.from, event.value.to],
  initial: () => openingAccount,
  evolve(states, event) {
    const transfer = event.value;
    const payer = pay(states.get(transfer.from), transfer);
    states.set(transfer.from, payer);
    states.set(transfer.to, receive(states.get(transfer.to), payer, transfer));
  },
});
