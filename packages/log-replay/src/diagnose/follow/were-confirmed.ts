import { sameJson } from '@eventmend/core/engine';
import type { FollowContext } from './follow-context.js';
import { withValueAt } from './json-path.js';
import { numbersIn } from './numbers-in.js';
import type { WalkedEvent } from './walk-log.js';

/** So many of the last handlings of a key are asked. */
const askedHandlings = 8;

/**
 * True where outputs have shown the states of an event's keys since something unseen may have changed them. Outputs that
 * would be the same from other states show nothing: an event that was missed before the records begin, or handled twice, is
 * hidden behind them.
 */
export async function wereConfirmed(context: FollowContext, walked: WalkedEvent): Promise<boolean> {
  // What rounding hides is looked for by itself.
  if (context.revelations.roundedFields.length > 0) return true;
  for (const key of context.states.everQuietOf(walked.keys)) {
    if (!(await isShown(context, walked, key))) return false;
  }
  return true;
}

async function isShown(context: FollowContext, walked: WalkedEvent, key: string): Promise<boolean> {
  let asked = 0;
  for (const { walked: earlier, records, assumed } of context.recent.since(0)) {
    if (earlier === walked || !earlier.keys.includes(key)) continue;
    // What was taken for granted since then was not shown by what came before it.
    if (assumed || ++asked > askedHandlings) return false;
    if (records !== null && records.length > 0 && (await dependsOn(context, earlier, key))) return true;
  }
  return false;
}

/**
 * True where the outputs of an event are others as soon as a number in the state of a key is another one.
 * @param by how much it is moved; each of them must lead to other outputs
 */
export async function dependsOn(
  context: FollowContext,
  walked: WalkedEvent,
  key: string,
  by: readonly number[] = [1],
): Promise<boolean> {
  const { states } = context;
  const state = states.liveState(key);
  const numbers = numbersIn(state);
  // Only numbers can be moved by a little; of other states nothing more is asked.
  if (numbers.length === 0) return true;
  const now = await context.call(walked, states.liveView);
  if ('fault' in now) return false;
  for (const { path, value } of numbers) {
    let differs = true;
    for (const step of by) {
      const moved = withValueAt(state, path, value + step);
      const other = await context.call(walked, { read: (name) => (name === key ? moved : states.liveState(name)) });
      differs &&= 'fault' in other || !sameJson(now.outputs, other.outputs);
    }
    if (differs) return true;
  }
  return false;
}
