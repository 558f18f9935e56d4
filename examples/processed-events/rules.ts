/** A payment as it stands in `events_topic`. */
export interface Payment {
  readonly account: string;
  readonly type: 'paid' | 'refunded';
  readonly cents: number;
}

/** What is kept of an account. */
export interface Account {
  readonly balanceCents: number;
  readonly payments: number;
}

/** What goes to `processed_events_topic` for each payment: readers book `cents`, and show the balance. */
export interface Processed {
  readonly account: string;
  readonly cents: number;
  readonly balanceCents: number;
}

export const noPayments: Account = { balanceCents: 0, payments: 0 };

export function process(account: Account, payment: Payment): { account: Account; processed: Processed } {
  const cents = payment.type === 'refunded' ? -payment.cents : payment.cents;
  const balanceCents = account.balanceCents + cents;
  return {
    account: { balanceCents, payments: account.payments + 1 },
    processed: { account: payment.account, cents, balanceCents },
  };
}
