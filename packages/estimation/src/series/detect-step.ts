import { slotStart, type GridStep } from './grid.js';

const steps = ['month', 'week', 'day', 'hour'] as const;

/**
 * The step of a table with one row a slot: the longest in which nine rows of ten have a slot of their own. Null where there is
 * none.
 */
export function detectStep(times: readonly number[], zone: string): GridStep | null {
  if (times.length === 0) return null;
  const isOwn = (step: GridStep) =>
    new Set(times.map((time) => slotStart(time, step, zone))).size >= 0.9 * times.length;
  return steps.find(isOwn) ?? null;
}
