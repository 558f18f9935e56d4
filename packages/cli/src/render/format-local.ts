import { zoneOffsetAt } from '@eventmend/core/rows';
import type { GridStep } from '@eventmend/estimation';

/** A moment as clocks of a zone show it: the date, of hours with the time of day. */
export function formatLocal(time: number, zone: string, step: GridStep): string {
  const shown = new Date(time + zoneOffsetAt(time, zone)).toISOString();
  return step === 'hour' ? shown.slice(0, 16).replace('T', ' ') : shown.slice(0, step === 'month' ? 7 : 10);
}
