/** The value of an event, after the upcaster. Tests put wrong things in on purpose. */
export interface ScenarioValue {
  readonly op: string;
  readonly keys: readonly string[];
  readonly n: number;
  readonly id?: string;
}

export interface CellState {
  readonly sum: number;
  readonly count: number;
  readonly last: number | null;
  readonly drawn: number | null;
}

export interface EventParts {
  readonly key: string | null;
  readonly value: ScenarioValue | null;
}

export interface CellStates {
  get(key: string): CellState | undefined;
  set(key: string, state: CellState): void;
  delete(key: string): void;
}

export interface HandlerContext {
  readonly now: number;
  emit(output: string, value: unknown, options?: { key?: string; id?: string }): void;
  random(): number;
}

const nothing: CellState = { sum: 0, count: 0, last: null, drawn: null };

/** Everything that the state depends on: the order of events, the clock, random numbers, the states of other keys. */
export function handleScenarioEvent(
  factor: number,
  states: CellStates,
  event: EventParts,
  context: HandlerContext,
): void {
  const keys = keysOfScenarioEvent(event);
  const first = keys[0] as string;
  if (event.value === null) {
    states.delete(first);
    return;
  }
  const { op, n } = event.value;
  const last = Number.isFinite(context.now) ? context.now : null;
  const raise = (key: string, by: number): CellState => {
    const before = states.get(key) ?? nothing;
    return { ...before, sum: (before.sum * 31 + by * factor) % 1_000_003, count: before.count + 1, last };
  };
  switch (op) {
    case 'add':
      for (const key of keys) states.set(key, raise(key, n));
      context.emit('measure', { sum: states.get(first)?.sum, last });
      break;
    case 'move': {
      const taken = states.get(first)?.sum ?? 0;
      for (const key of keys.slice(1)) states.set(key, raise(key, taken));
      for (const key of keys) context.emit('moved', taken, { key });
      break;
    }
    case 'draw':
      for (let call = 0; call <= n % 6; call++) {
        states.set(first, { ...raise(first, 1), drawn: context.random() });
        context.emit('measure', states.get(first)?.drawn);
        context.emit('measure', call, { id: `b${n}-${call}` });
      }
      break;
    case 'delete':
      states.delete(first);
      context.emit('gone', states.get(first)?.sum ?? null);
      break;
    case 'again':
      states.delete(first);
      states.set(first, raise(first, n));
      break;
    case 'minus-zero':
      states.set(first, { ...nothing, sum: -0, last });
      context.emit('zero', [-0]);
      break;
    case 'look':
      context.emit('seen', states.get(first) ?? null);
      break;
    case 'throw':
      for (const key of keys) states.set(key, raise(key, n));
      context.emit('measure', 'never');
      throw new Error('poison');
    case 'not-a-number':
      states.set(first, { ...nothing, sum: NaN });
      break;
    case 'undeclared':
      states.get('a key that no event names');
      break;
    default:
      break;
  }
}

/** Gives wrong things for wrong events, which the worker's frame must refuse. */
export function keysOfScenarioEvent(event: EventParts): readonly string[] {
  return event.value === null ? [event.key as string] : event.value.keys;
}

export function idOfScenarioEvent(event: EventParts): string | null {
  return event.value?.id ?? null;
}
