import { comparableState, sameComparable, sameJson } from '@eventmend/core/engine';
import type { FollowContext } from './follow-context.js';
import { valueAt, withValueAt } from './json-path.js';
import { numbersIn } from './numbers-in.js';
import type { RecentHandling } from './recent-handlings.js';

/**
 * True where an event that does not name a key leads from a state of it to the recorded one, if it wrote that key as it writes its
 * own, or moved its numbers the other way. Fields on which later events leave no trace of that may be as they were.
 * @param recorded in its comparable form; null for none
 */
export async function isLedAstray(
  context: FollowContext,
  key: string,
  state: unknown,
  recorded: string | null,
): Promise<boolean> {
  const { recent, instance } = context;
  if (recorded === null) return false;
  const comparable = (one: unknown): string | null => (one === undefined ? null : comparableState(instance, one, key));
  const now = comparable(state);
  const wanted = JSON.parse(recorded) as unknown;
  const tried = new Set<string>();
  for await (const stray of strayStates(context, key, state, recent.since(0))) {
    const text = comparable(stray);
    if (text === null || tried.has(text)) continue;
    tried.add(text);
    if (sameComparable(text, recorded)) return true;
    if (now !== null && isMixed(wanted, JSON.parse(text), JSON.parse(now))) return true;
  }
  return false;
}

/** What events that do not name a key make of a state of it, as if it were of their own; and the same the other way. */
export async function* strayStates(
  context: FollowContext,
  key: string,
  state: unknown,
  handlings: Iterable<RecentHandling>,
): AsyncIterable<unknown> {
  const { states } = context;
  for (const { walked } of handlings) {
    if (walked.keys.includes(key)) continue;
    for (const own of walked.keys) {
      const answer = await context.call(walked, { read: (name) => (name === own ? state : states.liveState(name)) });
      if ('fault' in answer) continue;
      const written = answer.writes.find((write) => write.key === own)?.state;
      yield written;
      yield movedBack(state, written);
      // Its own state may have been written there.
      yield states.liveState(own);
    }
  }
}

/** A state whose numbers are moved as far as another one's, the other way. */
function movedBack(state: unknown, written: unknown): unknown {
  return numbersIn(state).reduce<unknown>((moved, { path, value }) => {
    const to = valueAt(written, path);
    return typeof to === 'number' ? withValueAt(moved, path, 2 * value - to) : moved;
  }, state);
}

/** True where each field is that of one of two others. */
function isMixed(value: unknown, one: unknown, other: unknown): boolean {
  if (sameJson(value, one) || sameJson(value, other)) return true;
  if (!isRecord(value) || !isRecord(one) || !isRecord(other)) return false;
  return Object.keys({ ...one, ...other, ...value }).every((name) => isMixed(value[name], one[name], other[name]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
