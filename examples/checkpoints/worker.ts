import { defineWorker } from '@eventmend/core';
import { handleOrderEvent, unknownOrder, type Order, type OrderEvent } from './order.js';

/** Orders by their number, from the topic `orders`; a receipt for each that is paid. */
export default defineWorker<OrderEvent, Order>({
  name: 'orders',
  version: '2.0.1',
  locality: 'partition',
  eventType: ({ value }) => value.type,
  key: ({ key }) => key ?? 'no order',
  initial: () => unknownOrder,
  outputs: { receipt: { kind: 'event' } },
  evolve: (order, { value }, context) => handleOrderEvent(order, value, context),
  measures: { held: ({ heldCents }) => heldCents },
});
