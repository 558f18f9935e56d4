import { RecoveryError } from '../../model/errors/recovery-error.js';

/** Which task has a key: the same for all keys of a group, on every machine. */
export class KeyAssignment {
  readonly #tasks: number;
  /** The key that stands for the group of another. */
  readonly #representatives: ReadonlyMap<string, string>;

  /** @param connected groups of several keys */
  constructor(tasks: number, connected: readonly (readonly string[])[]) {
    this.#tasks = tasks;
    this.#representatives = new Map(
      connected.flatMap((keys) => {
        const first = [...keys].sort()[0] ?? '';
        return keys.map((key) => [key, first] as const);
      }),
    );
  }

  taskOf(key: string): number {
    return stableHash(this.#representatives.get(key) ?? key) % this.#tasks;
  }

  /** @throws RecoveryError `key-in-several-tasks` where an event connects keys of two tasks; the plan said that none does */
  taskOfAll(keys: readonly string[], event: string): number {
    const [first] = keys;
    const task = this.taskOf(first ?? '');
    for (const key of keys) {
      if (this.taskOf(key) === task) continue;
      throw new RecoveryError(
        'key-in-several-tasks',
        `${event} names ${JSON.stringify(first)} and ${JSON.stringify(key)}, which two tasks have`,
        {
          hint: 'the worker names other keys than when the fleet was planned: plan the fleet again',
          details: { event },
        },
      );
    }
    return task;
  }
}

/** FNV-1a over the UTF-16 code units, mixed at the end: the same in every process. */
function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
