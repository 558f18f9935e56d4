import { movement, openingAccount, pay, receive } from './transfers.mjs';

/**
 * The floor of every replay: parses the events one by one from memory, folds them with the same arithmetic, and makes and
 * serialises the same outputs. Nothing is checked, counted or kept. Returns the length of what it serialised.
 */
export function foldInMemory(lines) {
  const states = new Map();
  let outputs = [];
  let written = 0;
  for (const line of lines) {
    const transfer = JSON.parse(line);
    const payer = pay(states.get(transfer.from) ?? openingAccount, transfer);
    const payee = receive(states.get(transfer.to) ?? openingAccount, payer, transfer);
    states.set(transfer.from, payer);
    states.set(transfer.to, payee);
    outputs.push(JSON.stringify(movement(transfer, payer, payee)));
    if (outputs.length === 20_000) {
      written += outputs.join().length;
      outputs = [];
    }
  }
  return written + outputs.join().length;
}
