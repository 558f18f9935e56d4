// Shared by the benches of this package: made-up transfers between accounts, 200 bytes of JSON each, and the arithmetic of
// a worker that reads and writes two keys and states one output an event.

/** One transfer as JSON text; deterministic. */
export function transferText(n, accounts) {
  return textBetween(n, accounts, 'account-');
}

/** One transfer between accounts that no other partition names. */
export function localTransferText(n, partition, accounts) {
  return textBetween(n, accounts, `account-${partition}-`);
}

function textBetween(n, accounts, prefix) {
  const from = (n * 7919) % accounts;
  const to = (n * 104729 + 1) % accounts;
  const text = JSON.stringify({
    id: `t-${String(n).padStart(10, '0')}`,
    from: `${prefix}${from}`,
    to: `${prefix}${to === from ? (to + 1) % accounts : to}`,
    amount: (n * 31) % 9973,
    fee: n % 7,
    at: 1_700_000_000_000 + n * 250,
    channel: n % 3 === 0 ? 'card' : 'wire',
    memo: '',
  });
  return text.replace('"memo":""', `"memo":"${'x'.repeat(Math.max(0, 200 - text.length))}"`);
}

/** The account that pays. The balance is smoothed and clipped, so the order of the events matters. */
export function pay(account, transfer) {
  return {
    balance: Math.max(0, account.balance - transfer.amount - transfer.fee),
    moved: account.moved * 0.99 + transfer.amount,
    payments: account.payments + 1,
    receipts: account.receipts,
    last: transfer.at,
  };
}

/** The account that is paid. */
export function receive(account, payer, transfer) {
  return {
    balance: account.balance + Math.min(transfer.amount, payer.balance),
    moved: account.moved * 0.99 + transfer.amount,
    payments: account.payments,
    receipts: account.receipts + 1,
    last: transfer.at,
  };
}

export const openingAccount = { balance: 1000, moved: 0, payments: 0, receipts: 0, last: 0 };

/** The one output of an event. */
export function movement(transfer, payer, payee) {
  return { id: transfer.id, from: payer.balance, to: payee.balance };
}
