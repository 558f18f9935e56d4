import type { OrderSpec } from '../../model/order/order-spec.js';

/**
 * True where the live service may have interleaved the partitions in another, equally permissible way: nothing recorded
 * its order, and the states depend on several partitions. One partition has one order.
 * @param partitions that the log has
 */
export function orderMayMatter(order: OrderSpec, locality: 'partition' | 'global', partitions = Infinity): boolean {
  return order.by === 'time' && locality === 'global' && partitions > 1;
}
