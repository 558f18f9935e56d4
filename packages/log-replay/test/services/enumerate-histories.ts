import { handle, statesOf } from './play-service.js';
import { mustKeep, type Step } from './plant-mistakes.js';
import { laneOf, nameOf, type PlantedMistake, type PlayedEvent, type SentRow } from './played-event.js';
import type { PlayedService } from './played-service.js';

/** A mistake of a history; `lost`: the event was handled, and what it sent was not recorded. */
export type SupposedMistake = Omit<PlantedMistake, 'kind'> & { readonly kind: PlantedMistake['kind'] | 'lost' };

interface SupposedStep extends Step {
  readonly isLost: boolean;
}

interface History {
  readonly steps: readonly SupposedStep[];
  readonly mistakes: readonly SupposedMistake[];
}

/**
 * All histories of a small service with at most two mistakes that leave what was found of it: every order of the partitions
 * that it was free to choose, every event missed, handled again anywhere, late, or with a wrong result, or whose outputs were
 * lost; rows that were sent again. The lists are taken to begin with the log. Plain loops, apart from the diagnosis.
 */
export function enumerateHistories(played: PlayedService): readonly (readonly SupposedMistake[])[] {
  const fitting = new Map<string, readonly SupposedMistake[]>();
  for (const order of ordersOf(played)) {
    const plain: History = {
      steps: order.map((event) => ({ event, kind: 'plain', slip: null, isLost: false })),
      mistakes: [],
    };
    for (const history of withMistakes(played, plain)) {
      if (isExplained(played, history)) fitting.set(JSON.stringify(history.mistakes), history.mistakes);
    }
  }
  return [...fitting.values()];
}

function ordersOf({ design, events }: PlayedService): readonly (readonly number[])[] {
  const numbers = events.map((_, number) => number);
  if (design.order === 'field') return [numbers];
  const laneOfNumber = (number: number): string => laneOf((events[number] as PlayedEvent).ref);
  const lanes = [...new Set(numbers.map(laneOfNumber))];
  return merges(lanes.map((lane) => numbers.filter((number) => laneOfNumber(number) === lane)));
}

function merges(lists: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const left = lists.filter((list) => list.length > 0);
  if (left.length === 0) return [[]];
  return left.flatMap((list) =>
    merges(left.map((other) => (other === list ? other.slice(1) : other))).map((rest) => [list[0] as number, ...rest]),
  );
}

function* withMistakes(played: PlayedService, plain: History): Generator<History> {
  yield plain;
  for (let first = 0; first < played.events.length; first++) {
    for (const one of withMistakeOf(played, plain, first)) {
      yield one;
      for (let second = 0; second < played.events.length; second++) {
        if (second !== first) yield* withMistakeOf(played, one, second);
      }
    }
  }
}

function* withMistakeOf(
  { design, events }: PlayedService,
  { steps, mistakes }: History,
  number: number,
): Generator<History> {
  const at = steps.findIndex(({ event, kind }) => event === number && kind === 'plain');
  const step = steps[at];
  const event = events[number] as PlayedEvent;
  if (step === undefined) return;
  const but = (
    changed: readonly SupposedStep[],
    kind: SupposedMistake['kind'],
    others: PlantedMistake['others'] = [],
  ) => ({
    steps: changed,
    mistakes: [...mistakes, { kind, event: event.ref, others, keys: event.value.keys }],
  });
  yield but(steps.toSpliced(at, 1), 'missed');
  yield but(steps.with(at, { ...step, isLost: true }), 'lost');
  if (event.value.amount !== 0) {
    for (const slip of ['sign', 'unit'] as const) yield but(steps.with(at, { ...step, slip }), 'wrong');
  }
  for (let place = at + 1; place <= steps.length; place++) {
    yield but(steps.toSpliced(place, 0, { ...step, kind: 'again' }), 'twice');
    const passed = steps.slice(at + 1, place).flatMap((other) => events[other.event] ?? []);
    const others = passed.filter((other) => mustKeep(design, event, other)).map(({ ref }) => ref);
    if (others.length > 0) yield but(steps.toSpliced(place, 0, step).toSpliced(at, 1), 'out-of-order', others);
  }
}

function isExplained(played: PlayedService, { steps }: History): boolean {
  const { design, events, rows, ledger, live, saidFrom } = played;
  const accounts = new Map<string, { open: number; n: number }>();
  const sent: Pick<SentRow, 'output' | 'key' | 'value' | 'event'>[] = [];
  for (const { event: number, slip, isLost } of steps) {
    const event = events[number] as PlayedEvent;
    const outputs = handle(design, accounts, event, slip);
    if (!isLost) sent.push(...outputs.map((output) => ({ ...output, event: event.ref })));
  }
  if (live !== null && !areSame(Object.fromEntries(live), Object.fromEntries(statesOf(design, accounts)))) return false;
  if (ledger !== null && design.ledger !== null) {
    // A second handling has a time of its own, an entry that was written again has not.
    const entries = [...new Map(ledger.map(({ event, time }) => [`${nameOf(event)} ${time}`, event])).values()];
    const noted = steps.map(({ event }) => (events[event] as PlayedEvent).ref);
    if (!isFound(entries, noted, design.ledger.order, (a, b) => nameOf(a) === nameOf(b), nameOf, false)) return false;
  }
  if (rows === null || design.records === null) return true;
  const timeOf = new Map(events.map(({ ref, time }) => [nameOf(ref), time]));
  const kept = saidFrom === null ? sent : sent.filter(({ event }) => (timeOf.get(nameOf(event)) ?? 0) >= saidFrom);
  const isSame = (a: (typeof sent)[number], b: (typeof sent)[number]): boolean =>
    a.output === b.output && a.key === b.key && nameOf(a.event) === nameOf(b.event) && areSame(a.value, b.value);
  return isFound(rows, kept, design.records.order, isSame, ({ event }) => nameOf(event), true);
}

/** Whether a list is what is left of another: in its order, with rows that came again behind the first. */
function isFound<Row>(
  found: readonly Row[],
  sent: readonly Row[],
  order: 'handling' | 'partition' | 'unknown',
  isSame: (a: Row, b: Row) => boolean,
  placeOf: (row: Row) => string,
  mayComeAgain: boolean,
): boolean {
  const isOf = (rows: readonly Row[], from: readonly Row[]): boolean => {
    // So many rows were met.
    let met = new Set([0]);
    for (const row of rows) {
      const next = new Set<number>();
      for (const count of met) {
        if (count < from.length && isSame(row, from[count] as Row)) next.add(count + 1);
        if (mayComeAgain && from.slice(0, count).some((earlier) => isSame(row, earlier))) next.add(count);
      }
      met = next;
    }
    return met.has(from.length);
  };
  const laneOfRow = (row: Row): string => placeOf(row).split('@')[0] ?? '';
  const timesIn = (row: Row, rows: readonly Row[]): number => rows.filter((other) => isSame(row, other)).length;
  switch (order) {
    case 'handling':
      return isOf(found, sent);
    case 'partition':
      return [...new Set([...found, ...sent].map(laneOfRow))].every((lane) => {
        const inLane = (row: Row): boolean => laneOfRow(row) === lane;
        return isOf(found.filter(inLane), sent.filter(inLane));
      });
    case 'unknown':
      return (
        (mayComeAgain || found.length === sent.length) &&
        found.every((row) => timesIn(row, sent) > 0) &&
        sent.every((row) => timesIn(row, sent) <= timesIn(row, found))
      );
  }
}

/** The same as far as anybody can tell: absent or null, and numbers but for their last bit. */
function areSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? null) === (b ?? null);
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((name) => areSame(left[name], right[name]));
}
