import { expect, test } from 'vitest';
import { EventPage } from '../log/event-page.js';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';

test('smoke', () => {
  const worker = defineWorker<{ a: string; b: string; d: number }, { n: number }>({
    name: 'w', version: '1', initial: () => ({ n: 0 }),
    keys: (e) => [e.value.a, e.value.b],
    evolve(states, e, context) {
      for (const k of [e.value.a, e.value.b]) states.set(k, { n: states.get(k).n + e.value.d });
      context.emit('o', { r: context.random() });
    },
  });
  const instance = createWorkerInstance(worker);
  const page = new EventPage({ offsets: [5], timestamps: [9], keys: ['k'], headers: null, decodeValues: () => ({ values: [{ a: 'x', b: 'y', d: -0 }], undecodable: null }), valueBytes: () => null, keyBytes: () => null });
  const event = instance.event(page, 0, { source: 's', topic: 't', incarnation: '', partition: 1 });
  const e = instance.invoke(event, instance.keys(event), 9, { read: () => undefined });
  expect(e).toEqual({ reads: ['x', 'y'], writes: [{ key: 'x', state: { n: 0 } }, { key: 'y', state: { n: 0 } }], outputs: [{ output: 'o', key: 'x', businessId: null, text: expect.stringMatching(/^\{"r":0\./) }] });
});
