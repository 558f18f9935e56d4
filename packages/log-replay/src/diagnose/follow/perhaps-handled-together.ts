import type { RecordedOutput } from '@eventmend/core';
import { overlaid } from './call-worker.js';
import { connectedKeys } from './connected-keys.js';
import type { Confidence } from './expected-and-live-states.js';
import type { FollowContext } from './follow-context.js';
import { judgeHandling } from './judge-handling.js';
import type { OpenEvent } from './open-events.js';
import type { WalkedEvent } from './walk-log.js';

/** Beyond so many ways in which events may have been handled, nothing is known. */
const waysAtMost = 128;

interface Way {
  readonly states: ReadonlyMap<string, unknown>;
  readonly handled: readonly OpenEvent[];
}

/** What events without records may have to do with a handling behind them. */
export interface PerhapsHandled {
  /** All of them that their keys connect with it. */
  readonly open: readonly OpenEvent[];
  /** Those that may have been handled right before it, in some order, so that its records are right. */
  readonly fitting: ReadonlySet<OpenEvent>;
}

/** Tries all ways in which events without records may have been handled, two or more of them; where these are too many, all fit. */
export async function perhapsHandledTogether(
  context: FollowContext,
  walked: WalkedEvent,
  records: readonly RecordedOutput[],
  standing: Confidence,
): Promise<PerhapsHandled> {
  const { states, revelations } = context;
  const open = connectedOpen(context, walked);
  const fitting = new Set<OpenEvent>();
  if (open.length < 2) return { open, fitting };
  const ways: Way[] = [{ states: new Map(), handled: [] }];
  const known = new Set<string>();
  for (let number = 0; number < ways.length; number++) {
    const way = ways[number] as Way;
    for (const one of open) {
      if (way.handled.includes(one)) continue;
      const first = await context.call(one.walked, overlaid(states.liveView, entriesOf(way.states)));
      if ('fault' in first) continue;
      const after = new Map([...way.states, ...first.writes.map(({ key, state }) => [key, state] as const)]);
      const next = { states: after, handled: [...way.handled, one] };
      const name = nameOf(next, open);
      if (known.has(name)) continue;
      known.add(name);
      ways.push(next);
      if (ways.length > waysAtMost) return { open, fitting: new Set(open) };
      if (next.handled.length < 2) continue;
      const second = await context.call(walked, overlaid(states.liveView, entriesOf(after)));
      if ('fault' in second) continue;
      const written = new Map([...after, ...second.writes.map(({ key, state }) => [key, state] as const)]);
      const stateAfter = (key: string): unknown => (written.has(key) ? written.get(key) : states.liveState(key));
      const judged = judgeHandling({ outputs: second.outputs, stateAfter }, records, standing, revelations);
      if (judged.judgement === 'agrees') for (const handled of next.handled) fitting.add(handled);
    }
  }
  return { open, fitting };
}

function nameOf({ handled, states }: Way, open: readonly OpenEvent[]): string {
  const numbers = handled.map((one) => open.indexOf(one)).sort((a, b) => a - b);
  return JSON.stringify([numbers, open.flatMap(({ walked: { keys } }) => keys).map((key) => states.get(key) ?? null)]);
}

/**
 * True where nothing tells what an open event did, if it was handled: from which state, nobody knows; or it came at an earlier turn, which
 * no history tells of, and what it did before another event of its keys is not what it would do now.
 */
export function mayHaveDoneAnything(
  { recent, states, histories }: FollowContext,
  { walked: open, passedAt }: OpenEvent,
  now: WalkedEvent,
): boolean {
  const others = open.keys.filter((key) => !now.keys.includes(key));
  if (others.length > 0 && states.standingOf(others).standing === 'guessed') return true;
  if (histories?.isLost(open) !== true) return false;
  for (const { walked } of recent.since(passedAt)) {
    if (walked !== now && walked.rank > open.rank && walked.keys.some((key) => open.keys.includes(key))) return true;
  }
  return false;
}

/** Those that share keys with the event, or with one another of them: no ledger would name them. */
function connectedOpen({ open }: FollowContext, { keys, rank }: WalkedEvent): readonly OpenEvent[] {
  const sharing = (reached: Iterable<string>): readonly OpenEvent[] =>
    open.sharing([...reached], rank).filter(({ isNoted }) => !isNoted);
  return sharing(connectedKeys(keys, (reached) => sharing(reached).map(({ walked }) => walked)));
}

function entriesOf(states: ReadonlyMap<string, unknown>): readonly { readonly key: string; readonly state: unknown }[] {
  return [...states].map(([key, state]) => ({ key, state }));
}
