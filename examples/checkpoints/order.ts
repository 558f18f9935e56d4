import type { WorkerContext } from '@eventmend/core';

/** What the shop, the payment provider and the warehouse say of an order. Amounts in cents. */
export type OrderEvent =
  | { readonly type: 'placed' | 'paid' | 'refunded'; readonly cents: number }
  | { readonly type: 'cancelled' | 'shipped' };

export interface Order {
  readonly status: 'unknown' | 'open' | 'paid' | 'shipped' | 'cancelled';
  readonly dueCents: number;
  /** What we have of the customer's money: payments less refunds. */
  readonly heldCents: number;
  /** It left the warehouse before it was paid. */
  readonly sentUnpaid: boolean;
}

export const unknownOrder: Order = { status: 'unknown', dueCents: 0, heldCents: 0, sentUnpaid: false };

/**
 * One event of an order, and a receipt once it is paid. The order of the events matters: a payment behind the cancellation
 * pays for nothing, and what is shipped in front of its payment was sent unpaid.
 */
export function handleOrderEvent(order: Order, event: OrderEvent, context: Pick<WorkerContext, 'emit'>): Order {
  switch (event.type) {
    case 'placed':
      return { ...order, status: 'open', dueCents: event.cents };
    case 'paid': {
      const heldCents = order.heldCents + event.cents;
      if (order.status !== 'open' || heldCents < order.dueCents) return { ...order, heldCents };
      context.emit('receipt', { cents: heldCents });
      return { ...order, heldCents, status: 'paid' };
    }
    case 'refunded': {
      const heldCents = order.heldCents - event.cents;
      const isOpenAgain = order.status === 'paid' && heldCents < order.dueCents;
      return { ...order, heldCents, status: isOpenAgain ? 'open' : order.status };
    }
    case 'cancelled':
      return order.status === 'shipped' ? order : { ...order, status: 'cancelled' };
    case 'shipped':
      return { ...order, status: 'shipped', sentUnpaid: order.sentUnpaid || order.status !== 'paid' };
  }
}
