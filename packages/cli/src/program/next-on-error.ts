const nextCommands = new WeakMap<object, readonly string[]>();

/** Remembers which commands make sense after an error, so that they stand under it as under any result. */
export function withNext<Failure extends object>(error: Failure, next: readonly string[]): Failure {
  nextCommands.set(error, next);
  return error;
}

export function nextOf(error: unknown): readonly string[] {
  return typeof error === 'object' && error !== null ? (nextCommands.get(error) ?? []) : [];
}

const furtherLines = new WeakMap<object, readonly string[]>();

/** Remembers what is to be shown between an error and the commands that make sense after it. */
export function withLines<Failure extends object>(error: Failure, lines: readonly string[]): Failure {
  furtherLines.set(error, lines);
  return error;
}

export function linesOf(error: unknown): readonly string[] {
  return typeof error === 'object' && error !== null ? (furtherLines.get(error) ?? []) : [];
}
