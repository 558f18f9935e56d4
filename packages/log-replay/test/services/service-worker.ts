import { defineWorker, type Worker } from '@eventmend/core';
import type { ServiceDesign } from './service-design.js';

/** The value of an event as it stands in the log. */
export interface Transfer {
  readonly keys: readonly string[];
  readonly amount: number;
  readonly half?: boolean;
  readonly id?: string;
  readonly seq?: number | string;
}

interface Holding {
  readonly open: number;
  readonly n?: number;
}

/** The right handler, for the engine; `play-service.ts` says the same in other words. */
export function serviceWorker(design: ServiceDesign): Worker {
  const { arithmetic, counts, outputs, reveals, alerts, outputIds, copies, locality } = design;
  const step = (open: number, { amount, half = false }: Transfer): number => {
    switch (arithmetic) {
      case 'sum':
        return open + amount;
      case 'clamp':
        return Math.max(0, Math.min(300, open + amount));
      case 'half':
        return (half ? Math.floor(open / 2) : open) + amount;
      case 'mean':
        return open + (amount - open) / 8;
    }
  };
  const next = ({ open, n = 0 }: Holding, event: Transfer): Holding =>
    counts ? { open: step(open, event), n: n + 1 } : { open: step(open, event) };
  const shown = (open: number): number => (reveals === 'rounded' ? Math.round(open / 10) * 10 + 0 : open);
  const speaks = (open: number, before: number): boolean => {
    if (outputs === 'silent') return Math.floor(open) % 3 !== 0;
    if (outputs === 'sparse') return open > 60 !== before > 60;
    return true;
  };
  return defineWorker<Transfer, Holding>({
    name: 'holdings',
    version: '1.0.0',
    locality,
    keys: ({ value }) => value.keys,
    initial: () => (counts ? { open: 0, n: 0 } : { open: 0 }),
    ...(copies === 'none' ? {} : { deduplicate: { id: ({ value }) => value.id ?? null, window: 1000 } }),
    outputs: {
      moved:
        reveals === 'no' || outputs === 'plain'
          ? { kind: 'event' }
          : {
              kind: 'event',
              reveals: [{ fields: { open: 'open' }, ...(reveals === 'rounded' ? { within: { open: 5 } } : {}) }],
            },
      alert: { kind: 'event' },
    },
    evolve(states, { value }, context) {
      value.keys.forEach((key, index) => {
        const before = states.get(key);
        const event = index === 0 ? value : { ...value, amount: -value.amount };
        const after = next(before, event);
        states.set(key, after);
        const name = value.keys.length === 1 ? {} : { key };
        const id = (output: string) => (outputIds ? { id: `${value.id ?? ''}/${output}/${key}` } : {});
        if (outputs === 'plain') context.emit('moved', { amount: event.amount }, { ...name, ...id('moved') });
        else if (speaks(after.open, before.open)) {
          context.emit('moved', { open: shown(after.open) }, { ...name, ...id('moved') });
        }
        if (alerts && after.open > 120 !== before.open > 120) {
          context.emit('alert', { raised: after.open > 120 }, { ...name, ...id('alert') });
        }
      });
    },
  });
}
