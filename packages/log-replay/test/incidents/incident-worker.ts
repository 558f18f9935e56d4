import { defineWorker, type OutputDeclaration, type Worker } from '@eventmend/core';
import type { StateEvidence } from '@eventmend/core/engine';
import type { WorkerStyle } from './incident-design.js';
import type { Booking } from './lay-out-events.js';

interface Account {
  readonly level: number;
  readonly seen?: number;
  readonly peak?: number;
}

/** The corrected handler of an incident, for the engine. `live-service.ts` says the same in other words. */
export function incidentWorker(style: WorkerStyle, locality: 'global' | 'partition'): Worker {
  const { arithmetic, silent, hidden, several } = style;
  const ceiling = arithmetic === 'clamp' ? 100 : 20;

  function next(before: Account, type: Booking['type'], amount: number): Account {
    const level = nextLevel(before.level, type, amount);
    return hidden ? { level, seen: (before.seen ?? 0) + 1, peak: Math.max(before.peak ?? 0, level) } : { level };
  }

  function nextLevel(level: number, type: Booking['type'], amount: number): number {
    if (arithmetic === 'smooth') return type === 'add' ? level + (amount - level) / 8 : level * 0.75 + amount;
    return Math.min(1000, Math.max(0, (type === 'add' ? level : Math.floor(level / 2)) + amount));
  }

  function show(level: number): number {
    if (style.reveals === 'exact') return level;
    return arithmetic === 'clamp' ? Math.round(level / 10) * 10 : Math.round(level * 10) / 10 + 0;
  }

  return defineWorker<Booking, Account>({
    name: 'bookings',
    version: '1.0.1',
    locality,
    keys: ({ value }) => value.keys,
    initial: () => (hidden ? { level: 0, seen: 0, peak: 0 } : { level: 0 }),
    outputs: outputsOf(style),
    evolve(states, { value: { keys, type, amount } }, context) {
      const [first = '', second] = keys;
      const before = states.get(first);
      const after = next(before, type, amount);
      states.set(first, after);
      let other: Account | null = null;
      if (second !== undefined) {
        const inherited = arithmetic === 'clamp' ? Math.floor(after.level) % 16 : after.level / 16;
        other = next(states.get(second), type, inherited - amount);
        states.set(second, other);
      }
      if (!silent || Math.floor(after.level) % 3 !== 0) {
        const shown = style.reveals === 'nothing' ? { amount } : { level: show(after.level) };
        const to = other === null || style.reveals === 'nothing' ? null : { key: second, level: show(other.level) };
        context.emit('moved', several || to === null ? shown : { ...shown, to });
        if (several && to !== null) context.emit('moved', { level: to.level }, { key: to.key ?? '' });
      }
      if (!several) return;
      if (amount > 100) context.emit('booked', { amount });
      if (after.level > ceiling !== before.level > ceiling) {
        context.emit('alert', { raised: after.level > ceiling });
        if (after.level > ceiling) context.emit('letter', { to: first });
      }
    },
  });
}

function outputsOf({ arithmetic, keysOfEvent, reveals, several }: WorkerStyle): Record<string, OutputDeclaration> {
  const within = reveals === 'rounded' ? { within: { level: arithmetic === 'clamp' ? 5 : 0.05 } } : {};
  const own: StateEvidence = { fields: { level: 'level' }, ...within };
  const other: StateEvidence = { key: 'to.key', fields: { level: 'to.level' }, ...within };
  const revelations = several || keysOfEvent === 1 ? [own] : [own, other];
  return {
    moved: reveals === 'nothing' ? { kind: 'event' } : { kind: 'event', reveals: revelations },
    booked: { kind: 'delta' },
    alert: { kind: 'latest' },
    letter: { kind: 'effect' },
  };
}
