/** The payments of a shop, the same for the same number: some 40 accounts, one refund in nine. */
export function payment(n: number): { account: string; value: { account: string; type: string; cents: number } } {
  const account = `account-${(n * 17) % 41}`;
  const type = n % 9 === 4 ? 'refunded' : 'paid';
  return { account, value: { account, type, cents: 100 + ((n * 7919) % 9000) } };
}
