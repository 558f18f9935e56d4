import { defineWorker } from '@eventmend/core';
import { handleOrderEvent, unknownOrder, type Order, type OrderEvent } from './order.js';

/** The version that was deployed for a while. When payments were written anew, the branch for refunds was lost. */
export default defineWorker<OrderEvent, Order>({
  name: 'orders',
  version: '2.0.0',
  locality: 'partition',
  eventType: ({ value }) => value.type,
  key: ({ key }) => key ?? 'no order',
  initial: () => unknownOrder,
  outputs: { receipt: { kind: 'event' } },
  evolve: (order, { value }, context) => (value.type === 'refunded' ? order : handleOrderEvent(order, value, context)),
});
