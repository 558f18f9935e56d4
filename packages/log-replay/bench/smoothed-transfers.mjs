// Shared by the bench of the diagnosis: what its worker and its live service make of a transfer. Every event moves both
// levels for good, so that each fault shows, and the levels of a wrong account never meet the right ones again.

export const opening = { level: 0, seen: 0, last: 0 };

export function settle(account, amount, at) {
  return { level: account.level * 0.98 + amount, seen: account.seen + 1, last: at };
}

/** What the payee gets besides, from what the payer is left with. */
export function share(payer) {
  return payer.level / 64;
}

const tenths = (level) => Math.round(level * 10) / 10 + 0;

export function told(transfer, payer, payee) {
  return { id: transfer.id, from: tenths(payer.level), payee: transfer.to, to: tenths(payee.level) };
}
