import type { Deliveries } from '../../sources/deliveries/open-deliveries.js';
import type { Incident } from '../file/incident.js';
import { deriveOrder } from '../open/derive-order.js';
import { openLedger, openOutputs } from '../open/open-live-resources.js';
import { finding, findingOrError, type Remark, type ResourceFinding } from './finding.js';

/** What the records of the service tell of its order; null for an incident that takes none from them. */
export async function examineOrder(
  { derivedOrder, order, live }: Incident,
  deliveries: Deliveries,
): Promise<ResourceFinding | null> {
  if (derivedOrder === null || order.by !== 'recorded') return null;
  const { from, using } = derivedOrder;
  return findingOrError('order', async () => {
    const records =
      from === 'outputs'
        ? live.outputs && (await openOutputs(live.outputs, deliveries))
        : live.ledger && (await openLedger(live.ledger, deliveries));
    if (records === null) throw new Error(`an incident with an order from live.${from} has live.${from}`);
    try {
      const { placed, silent, repeated, late, tied } = await deriveOrder(order, using, records);
      const remarks: Remark[] = [];
      if (placed === 0) remarks.push({ severity: 'problem', key: 'order.from', kind: 'nothing-placed', from });
      if (silent > 0)
        remarks.push({ severity: 'doubt', key: 'order.from', kind: 'records-without-place', records: silent });
      if (tied > 0)
        remarks.push({ severity: 'doubt', key: 'order.using', kind: 'records-with-equal-times', records: tied });
      return finding('order', { kind: 'order', from, placed, late, repeated }, remarks);
    } finally {
      records.close();
    }
  });
}
