import type { EventPage } from '../../model/log/event-page.js';
import { fieldKinds, orderValueAt } from '../../evidence/order/field-order-keys.js';

/** Why a field cannot order some events: the first of them by its index in the page, or what they have among each other. */
export interface OrderFieldRemark {
  readonly index: number | null;
  readonly reason: string;
}

/** Looks at the field of an explicit order in some events; null where it can order them. */
export function judgeOrderField(page: EventPage, path: string): OrderFieldRemark | null {
  const names = path.split('.');
  const kinds = fieldKinds();
  for (let index = 0; index < page.count; index++) {
    if (page.undecodable?.has(index) === true && page.inexact?.has(index) !== true) continue;
    const reason = kinds.refuse(orderValueAt(page.valueWithDigits(index), names));
    if (reason !== null) return { index, reason };
  }
  const conflict = kinds.conflict();
  return conflict === null ? null : { index: null, reason: conflict };
}
