/** JSON events of about 200 bytes, the same for every bench of the archive. */
export function archiveEventTexts(count) {
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      id: `evt-${i}`,
      account: `acc-${(i * 7919) % 50000}`,
      type: i % 3 ? 'deposit' : 'withdrawal',
      amount: ((i * 31) % 100000) / 100,
      currency: 'EUR',
      at: 1700000000000 + i * 13,
      note: `payment number ${i} of the day`,
      tags: ['a', 'b'],
      ok: true,
      branch: 'north-east',
    }),
  );
}
