import type { RunControl } from './run-control.js';

/**
 * The few numbers that a working thread and its supervisor share. The worker writes them without waiting; the supervisor
 * looks at them a few times a second.
 */
const floats = { entered: 0, place: 1, offset: 2, handled: 3, quarantined: 4, lane: 5 } as const;
const floatCount = 6;
const integers = { busy: 0, stop: 1 } as const;
const integerCount = 2;

export function newSharedControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(floatCount * 8 + integerCount * 4);
}

function views(shared: SharedArrayBuffer): { numbers: Float64Array; marks: Int32Array } {
  return {
    numbers: new Float64Array(shared, 0, floatCount),
    marks: new Int32Array(shared, floatCount * 8, integerCount),
  };
}

/** The working thread's side. */
export function workingControl(shared: SharedArrayBuffer, settle: () => Promise<void>): RunControl {
  const { numbers, marks } = views(shared);
  let entered = 0;
  return {
    beginLane(lane) {
      numbers[floats.lane] = lane;
    },
    enter(place, offset) {
      numbers[floats.entered] = ++entered;
      numbers[floats.place] = place;
      numbers[floats.offset] = offset;
      marks[integers.busy] = 1;
      return marks[integers.stop] === 1;
    },
    idle() {
      marks[integers.busy] = 0;
    },
    settle,
    get stopRequested() {
      return marks[integers.stop] === 1;
    },
    progress(handled, quarantined) {
      numbers[floats.handled] = (numbers[floats.handled] as number) + handled;
      numbers[floats.quarantined] = quarantined;
    },
  };
}

export interface Observation {
  readonly busy: boolean;
  readonly lane: number;
  readonly entered: number;
  readonly place: number;
  readonly offset: number;
  readonly handled: number;
  readonly quarantined: number;
}

/** The supervisor's side. */
export function observe(shared: SharedArrayBuffer): Observation {
  return observerOf(shared)();
}

/** For who looks often. */
export function observerOf(shared: SharedArrayBuffer): () => Observation {
  const { numbers, marks } = views(shared);
  const number = (at: number): number => numbers[at] as number;
  return () => ({
    busy: marks[integers.busy] === 1,
    lane: number(floats.lane),
    entered: number(floats.entered),
    place: number(floats.place),
    offset: number(floats.offset),
    handled: number(floats.handled),
    quarantined: number(floats.quarantined),
  });
}

export function requestStop(shared: SharedArrayBuffer): void {
  Atomics.store(views(shared).marks, integers.stop, 1);
}
