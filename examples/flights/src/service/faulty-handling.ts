import type { Fault } from './plant-faults.js';

/** One application of the handler by the live service. */
export interface Handling {
  readonly row: number;
  readonly slip: 'none' | 'sign' | 'unit';
}

/** What the live service did when the event of a row came, for the rows where that is not "handle it once". */
export type FaultyHandling = ReadonlyMap<number, readonly Handling[]>;

export function faultyHandling(faults: readonly Fault[]): FaultyHandling {
  const handling = new Map<number, Handling[]>();
  const at = (row: number) => {
    let list = handling.get(row);
    if (list === undefined) handling.set(row, (list = [{ row, slip: 'none' }]));
    return list;
  };
  for (const fault of faults) {
    if (fault.kind === 'missed') at(fault.row).shift();
    else if (fault.kind === 'wrong') at(fault.row)[0] = { row: fault.row, slip: fault.slip };
    else if (fault.kind === 'reordered') {
      at(fault.row)[0] = { row: fault.with, slip: 'none' };
      at(fault.with)[0] = { row: fault.row, slip: 'none' };
    }
  }
  // Redeliveries come last in their row, and only now: the lists above are changed by place.
  for (const fault of faults) {
    if (fault.kind === 'twice') at(fault.again).push({ row: fault.row, slip: 'none' });
  }
  return handling;
}

/** The delay that the handler believed: the right one, the opposite, or minutes taken for hours. */
export function believedDelay(delay: number, slip: Handling['slip']): number {
  switch (slip) {
    case 'none':
      return delay;
    case 'sign':
      return -delay;
    case 'unit':
      return delay * 60;
  }
}
