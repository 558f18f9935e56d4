import { knownDeliveryHeaders, type DeliveryTopic } from '../../sources/deliveries/delivery-topic.js';
import type { DeliveriesDocument } from './deliveries-schema.js';

/** Dead-letter and retry topics as the incident file declares them, each with the headers that it is read by. */
export function deliveriesOf(documents: DeliveriesDocument | undefined): readonly DeliveryTopic[] {
  return (documents ?? []).map(({ topic, of, headers }) => ({
    topic,
    of,
    headers: typeof headers === 'string' ? knownDeliveryHeaders[headers] : [headers],
  }));
}
