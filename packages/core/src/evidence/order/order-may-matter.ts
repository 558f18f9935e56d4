import type { OrderSpec } from '../../model/order/order-spec.js';

/**
 * True where the live service may have interleaved the partitions in another, equally permissible way: nothing recorded
 * its order, and the states depend on several partitions.
 */
export function orderMayMatter(order: OrderSpec, locality: 'partition' | 'global'): boolean {
  return order.by === 'time' && locality === 'global';
}
