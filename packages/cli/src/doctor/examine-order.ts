import { deriveOrder, openLedger, openOutputs, type Incident } from '@eventmend/core/incident';
import { countOf, formatCount } from '../terminal/format.js';
import { doubt, finding, found, problem, type Finding, type Remark } from './finding.js';

/** What the records of the service tell of its order; null for an incident that takes none from them. */
export async function examineOrder(incident: Incident): Promise<Finding | null> {
  const { derivedOrder, order, live } = incident;
  if (derivedOrder === null || order.by !== 'recorded') return null;
  const { from, using } = derivedOrder;
  return found('order', async () => {
    const records =
      from === 'outputs'
        ? live.outputs && (await openOutputs(live.outputs))
        : live.ledger && (await openLedger(live.ledger));
    if (records === null) return finding('order', 'nothing', [problem('order.from', `there is no live.${from}`)]);
    try {
      const { placed, silent, repeated, late, tied } = await deriveOrder(order, using, records);
      const remarks: Remark[] = [];
      if (placed === 0) remarks.push(problem('order.from', `live.${from} gives no event a place`));
      if (silent > 0) remarks.push(doubt('order.from', `${countOf(silent, 'record')} tell nothing about the order`));
      if (tied > 0) {
        const text = `${countOf(tied, 'record')} have the time of the one in front: they keep the order of the rows`;
        remarks.push(doubt('order.using', text));
      }
      const others = `${formatCount(late)} handled behind a later one, ${formatCount(repeated)} repeated`;
      return finding('order', `a place for ${countOf(placed, 'event')} from live.${from}; ${others}`, remarks);
    } finally {
      records.close();
    }
  });
}
