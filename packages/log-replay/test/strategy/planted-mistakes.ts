import { healthy, type Handled } from './played-service.js';

/** Handlings of so many events with some changed: moved, repeated, left out. */
export function except(count: number, change: (handlings: Handled[]) => void): readonly Handled[] {
  const handlings = healthy(count);
  change(handlings);
  return handlings;
}

/** Handles an event right behind another one, and not in its place. */
export function move(handlings: Handled[], n: number, behind: number): void {
  handlings.splice(handlings.findIndex(at(n)), 1);
  handlings.splice(handlings.findIndex(at(behind)) + 1, 0, { n });
}

/** Handles an event a second time, behind another one. */
export function again(handlings: Handled[], n: number, behind: number): void {
  handlings.splice(handlings.findLastIndex(at(behind)) + 1, 0, { n });
}

/** Two events change places. */
export function swap(handlings: Handled[], a: number, b: number): void {
  handlings[a] = { n: b };
  handlings[b] = { n: a };
}

const at =
  (n: number) =>
  (handling: Handled): boolean =>
    handling.n === n;
