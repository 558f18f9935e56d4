import { foldPlainly, inOrder } from './fold-plainly.js';
import { between, hasSeen, isBefore, rowsOf } from './roots.js';
import { textOf, type States, type TinyIncident, type TinySnapshot } from './tiny-incident.js';
import { allTypes, keysOf, type TinyType } from './tiny-worker.js';
import type { World } from './worlds.js';

export interface WorkerChecks {
  readonly isChecked: boolean;
  /** Types of event that no passed check saw at work on a key that it compared. */
  readonly uncovered: readonly TinyType[];
}

/** What at best shows that the worker does what the service did: states of the healthy service that it comes to. */
export function checkPlainly(incident: TinyIncident, worlds: readonly World[]): WorkerChecks {
  const { snapshots, known, design } = incident;
  const covered = new Set<TinyType>();
  let isChecked = false;
  const healthy = snapshots.filter((snapshot) => isHealthy(incident, snapshot));
  for (const end of healthy) {
    for (const root of [null, ...healthy]) {
      if (!isBefore(root, end)) continue;
      const fold = (filled: World): States =>
        foldPlainly(between(root, end, [...known, ...filled.filled]), {
          ...{ shape: design.shape, start: rowsOf(root), effects: filled.effects },
        });
      const base = fold({ filled: [], effects: new Map() });
      const others = worlds.map(fold);
      const keys = new Set([base, end.rows, ...others].flatMap((states) => [...states.keys()]));
      const uncertain = new Set([...keys].filter((key) => others.some((states) => !isSame(key, states, base))));
      const certain = [...keys].filter((key) => !uncertain.has(key));
      if (!certain.some((key) => end.rows.has(key)) || certain.some((key) => !isSame(key, base, end.rows))) continue;
      isChecked = true;
      for (const { value } of between(root, end, known))
        if (!keysOf(value).some((key) => uncertain.has(key))) covered.add(value.type);
    }
  }
  return { isChecked, uncovered: allTypes.filter((type) => type !== 'boom' && !covered.has(type)) };
}

/** Taken before the service went wrong, by its own word and by that of the events that it has seen. */
function isHealthy({ onset, known }: TinyIncident, snapshot: TinySnapshot): boolean {
  if (onset === null || snapshot.takenAt > onset) return false;
  return inOrder(known).every((event) => !hasSeen(snapshot, event) || event.at < onset);
}

const isSame = (key: string, one: States, other: States): boolean => textOf(one.get(key)) === textOf(other.get(key));
