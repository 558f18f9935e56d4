import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { KeyScope } from '../../model/plan/plan.js';

/** Which baseline part answers for a key, and from which offset on its events still have to be applied. */
export interface BaselineRouting {
  partOf(key: string): number;
  /**
   * The first offset that the baseline of these keys has not seen, by place of the cursor.
   * @throws RecoveryError `mixed-baselines` when the keys' baselines have not read the partition equally far
   */
  startOf(keys: readonly string[], place: number): number;
  /** True when all keys have one baseline, so that nobody needs to ask. */
  readonly single: boolean;
}

export interface RoutedPart {
  readonly scope: KeyScope;
  /** First unseen offset by place of the cursor. */
  readonly starts: readonly number[];
}

export function routeBaseline(parts: readonly RoutedPart[]): BaselineRouting {
  const byKey = new Map<string, number>();
  let rest = 0;
  parts.forEach((part, number) => {
    if (part.scope.kind === 'all') rest = number;
    else for (const key of part.scope.keys) byKey.set(key, number);
  });
  const partOf = (key: string): number => byKey.get(key) ?? rest;
  const startAt = (part: number, place: number): number => parts[part]?.starts[place] ?? 0;
  return {
    partOf,
    single: parts.length <= 1,
    startOf(keys, place) {
      const start = startAt(partOf(keys[0] ?? ''), place);
      for (const key of keys) {
        if (startAt(partOf(key), place) === start) continue;
        throw new RecoveryError(
          'mixed-baselines',
          `keys ${JSON.stringify(keys[0])} and ${JSON.stringify(key)} meet in one event, but their baselines are of different ages`,
          {
            hint: 'baselines of different ages can only serve key sets that no event between them connects',
          },
        );
      }
      return start;
    },
  };
}
