import { markFaulty } from './commit-handling.js';
import { refOf } from './event-ref.js';
import type { FollowContext } from './follow-context.js';
import { describeRef } from '../records/handling.js';
import type { OpenEvent } from './open-event.js';
import type { RecentHandling } from './recent-handlings.js';

/** Notes by which events this handling was overtaken, where that is for the service to answer for. */
export function noteOvertaking(context: FollowContext, late: RecentHandling, open: OpenEvent): void {
  const { orderJudged, control } = context.request;
  if (orderJudged === 'none') return;
  // What is compared here takes none of the worker's time.
  control.idle();
  const { walked } = late;
  for (const early of context.recent.since(open.passedAt)) {
    if (early.assumed || early.rank <= walked.rank || !sharesKey(early, late)) continue;
    if (orderJudged === 'partition' && early.walked.place !== walked.place) continue;
    context.conflicts.add(late, early, late.turn);
    markFaulty(context, walked);
  }
}

/** Tells what was displaced, of all that is complete at this turn. */
export function tellDisplaced(context: FollowContext, turn: number): void {
  context.request.control.idle();
  for (const { moved, other, swapped } of context.conflicts.take(turn)) {
    const side = moved.rank < other.rank ? 'after' : 'before';
    const others = swapped ? 'which shares a key and belongs' : 'and perhaps others, which share a key and belong';
    const evidence = `it was handled ${side} ${describeRef(refOf(other.walked))}, ${others} on the other side`;
    const both = [moved.walked, other.walked];
    context.pending.accuse('out-of-order', moved.walked, evidence, { other: refOf(other.walked), accused: both });
  }
}

function sharesKey(a: RecentHandling, b: RecentHandling): boolean {
  return a.walked.keys.some((key) => b.walked.keys.includes(key));
}
