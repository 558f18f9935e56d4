import { z } from 'zod';

const name = z.string().min(1, 'must not be empty');

const headers = z.union(
  [z.enum(['spring', 'connect']), z.strictObject({ topic: name, partition: name, offset: name })],
  { error: 'must be spring, connect, or {topic, partition, offset}: the names of the headers' },
);

/** A dead-letter or retry topic. */
const delivery = z.strictObject({
  topic: name.describe('The dead-letter or retry topic.'),
  of: name.describe('The topic of the original events.'),
  headers: headers.describe(
    'Who wrote the headers that name the original: spring (its recoverer and retry topics) or connect; or their names.',
  ),
});

/** Topics whose records deliver events of other topics once more. */
export const deliveriesSchema = z
  .array(delivery)
  .min(1)
  .superRefine((deliveries, context) => {
    deliveries.forEach(({ topic, of }, index) => {
      if (deliveries.findIndex((other) => other.topic === topic) !== index) {
        context.addIssue({ code: 'custom', path: [index, 'topic'], message: `${topic} is declared before` });
      }
      if (deliveries.some((other) => other.topic === of)) {
        const message = `${of} holds deliveries itself: name the topic that the events were first sent to`;
        context.addIssue({ code: 'custom', path: [index, 'of'], message });
      }
    });
  });

export type DeliveriesDocument = z.infer<typeof deliveriesSchema>;
