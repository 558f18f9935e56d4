import { defineWorker, type Worker } from '@eventmend/core';
import fc from 'fast-check';

/** What an event of these tests does to the state of its key: a number. */
export interface Step {
  readonly key: string;
  readonly kind: 'add' | 'scale' | 'at-most';
  readonly by: number;
}

/** Non-commuting; `lossy` forgets much, so that different mistakes can look the same. */
function evolve(lossy: boolean, state: number, { kind, by }: Step): number {
  if (!lossy) return (state * 31_337 + kind.length * 1009 + by * 7919) % 2_147_483_647;
  if (kind === 'add') return (state + by) % 12;
  return kind === 'scale' ? (state * by) % 12 : Math.min(state, by);
}

export function workerOf(lossy: boolean, locality: 'partition' | 'global' = 'global'): Worker {
  return defineWorker<Step, number>({
    name: 'steps',
    version: '1',
    locality,
    key: ({ value }) => value.key,
    initial: () => 1,
    evolve: (state, { value }) => evolve(lossy, state, value),
  });
}

/** The plainest live service there is. */
export function serve(lossy: boolean, steps: readonly Step[], handled: readonly number[]): Map<string, number> {
  const states = new Map<string, number>();
  for (const index of handled) {
    const step = steps[index] as Step;
    states.set(step.key, evolve(lossy, states.get(step.key) ?? 1, step));
  }
  return states;
}

export const step = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom('add' as const, 'scale' as const, 'at-most' as const),
  by: fc.integer({ min: 1, max: 9 }),
});

export const mistakes = ['missed', 'twice', 'out-of-order'] as const;

/** One fault of a kind among the events of one key, and the order of handling that it leads to. */
export function plant(steps: readonly Step[], kind: (typeof mistakes)[number], at: number, how: number) {
  const all = steps.map((_, index) => index);
  const event = at % steps.length;
  const own = all.filter((index) => (steps[index] as Step).key === (steps[event] as Step).key);
  if (kind === 'missed') return { handled: all.filter((index) => index !== event), told: ['missed', event] };
  if (kind === 'twice') {
    const later = own.filter((index) => index >= event);
    const place = later[how % later.length] as number;
    return { handled: all.flatMap((index) => (index === place ? [index, event] : [index])), told: ['twice', event] };
  }
  const others = own.filter((index) => index !== event);
  if (others.length === 0) return null;
  const place = others[how % others.length] as number;
  const rest = all.filter((index) => index !== event);
  const index = rest.indexOf(place);
  const late = place > event;
  const handled = rest.toSpliced(late ? index + 1 : index, 0, event);
  const nextOwn = own[own.indexOf(event) + 1];
  const before = own[own.indexOf(event) - 1];
  return { handled, told: late ? ['out-of-order', event, nextOwn] : ['out-of-order', before, event] };
}
