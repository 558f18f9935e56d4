import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker } from './call-worker.js';
import { valueAt, withValueAt, type JsonPath } from './json-path.js';
import { numbersIn } from './numbers-in.js';

/** What the handler makes of an event from other states of some of its keys; null where it fails. */
export type CallFrom = (changed: ReadonlyMap<string, unknown>) => Promise<CalledWorker | null>;

/** How far a number is moved to see what it does to the outputs, and how far around a solution is looked at. */
const steps = [1, -1, 64, -64] as const;
const around = [0, 1, -1] as const;

/** So often all numbers are brought closer. */
const rounds = 2;

/** States from which the numbers of the outputs come to what was recorded, each number on its own, as if it worked evenly. */
export async function* solve(
  callFrom: CallFrom,
  from: ReadonlyMap<string, unknown>,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): AsyncIterable<ReadonlyMap<string, unknown>> {
  const wanted = numbersOf(records);
  const first = numbersOf((await callFrom(from))?.outputs ?? live.outputs);
  for (const step of steps) {
    let changed = from;
    let outputs = first;
    for (let round = 0; round < rounds; round++) {
      for (const { key, path } of [...from].flatMap(([key, state]) => placesIn(state, key))) {
        const now = valueAt(changed.get(key), path) as number;
        const base = changed;
        const to = (value: number): ReadonlyMap<string, unknown> =>
          new Map([...base, [key, withValueAt(base.get(key), path, value)]]);
        const answer = await callFrom(to(now + step));
        if (answer === null) continue;
        const next = solvedNumber(now, step, outputs, numbersOf(answer.outputs), wanted);
        if (next === null) continue;
        for (const off of around) {
          yield to(next + off);
          yield to(Math.round(next) + off);
        }
        changed = to(next);
        const there = await callFrom(changed);
        if (there !== null) outputs = numbersOf(there.outputs);
      }
    }
  }
}

/** So often a number is brought closer to what it is to be behind the event. */
const roundsBehind = 5;

/** Shares of the rounding that a number which was told may be off. */
const offBy = [0, 0.5, -0.5, 0.9, -0.9] as const;

/** From where the event is asked how far it moves a number, and so many halves of that are gone to both sides. */
const askedFrom = [0, 100, -100, 10_000, -10_000] as const;
const mostHalves = 100;

/**
 * States from which a number of the state behind the event comes to one that was recorded; and states in a row, as close to each
 * other as the event moves them: at one of them it steps over a threshold, if that is near. Also where nothing is sent from here.
 * @param rounding how far numbers that were told may be off
 */
export async function* solveBehind(
  callFrom: CallFrom,
  key: string,
  from: unknown,
  records: readonly RecordedOutput[],
  rounding: number,
): AsyncIterable<unknown> {
  const told = [...new Set(numbersOf(records).values())];
  const goals = rounding === 0 ? told : told.flatMap((value) => offBy.map((share) => value + share * rounding));
  for (const { path, value } of numbersIn(from)) {
    const to = (number: number): unknown => withValueAt(from, path, number);
    const behind = async (number: number): Promise<number | null> => {
      const answer = await callFrom(new Map([[key, to(number)]]));
      const reached = valueAt(answer?.writes.find((write) => write.key === key)?.state, path);
      return typeof reached === 'number' ? reached : null;
    };
    for (const goal of goals) for await (const number of near(goal, value, behind)) yield to(number);
    let step = Infinity;
    for (const by of askedFrom) {
      const moved = Math.abs(((await behind(value + by)) ?? value + by) - value - by);
      if (moved > 0 && moved < step) step = moved;
    }
    if (step === Infinity) continue;
    for (let half = 1; half <= mostHalves; half++) {
      yield to(value + (half * step) / 2);
      yield to(value - (half * step) / 2);
    }
  }
}

/** Closer and closer to where a number comes to a goal behind the event. */
async function* near(
  goal: number,
  from: number,
  behind: (number: number) => Promise<number | null>,
): AsyncIterable<number> {
  let at = from;
  let reached = await behind(at);
  for (let round = 0; round < roundsBehind && reached !== null; round++) {
    const next = at + goal - reached;
    for (const off of around) yield next + off;
    const there = await behind(next);
    if (there === null || there === reached || there === goal) return;
    // As if it worked evenly between the two.
    at = next + ((goal - there) * (next - at)) / (there - reached);
    if (!Number.isFinite(at)) return;
    for (const off of around) yield at + off;
    reached = await behind(at);
  }
}

function placesIn(state: unknown, key: string): readonly { readonly key: string; readonly path: JsonPath }[] {
  return numbersIn(state).map(({ path }) => ({ key, path }));
}

/** Where a number has to stand for the first output that it moves, and that is not as recorded, to come out so. */
function solvedNumber(
  now: number,
  step: number,
  from: ReadonlyMap<string, number>,
  to: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
): number | null {
  for (const [name, value] of from) {
    const goal = wanted.get(name);
    const other = to.get(name);
    if (goal === undefined || other === undefined || other === value || goal === value) continue;
    return now + (step * (goal - value)) / (other - value);
  }
  return null;
}

/** The numbers of outputs, by output, key and path. */
function numbersOf(
  outputs: readonly { readonly output: string; readonly key: string | null; readonly value: unknown }[],
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  return new Map(
    outputs.flatMap(({ output, key, value }) => {
      const name = `${output} ${key ?? ''}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return numbersIn(value).map(({ path, value: number }): [string, number] => [
        `${name} ${count} ${path.join('.')}`,
        number,
      ]);
    }),
  );
}
