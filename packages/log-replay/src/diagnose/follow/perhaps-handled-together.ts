import type { RecordedOutput } from '@eventmend/core';
import type { StateView } from '@eventmend/core/engine';
import { overlaid, type CalledWorker } from './call-worker.js';
import { connectedKeys } from './connected-keys.js';
import type { Confidence } from './expected-and-live-states.js';
import type { FollowContext } from './follow-context.js';
import type { HiddenWay } from './hidden-ways.js';
import { judgeHandling } from './judge-handling.js';
import { likelyWays } from './likely-ways.js';
import type { OpenEvent } from './open-event.js';
import { eventsAtMost, OrdersBefore, type HandlingFrom } from './orders-before.js';
import type { WalkedEvent } from './walk-log.js';

/** So many handlings of events without records are tried, of which none may have been, before one that was. */
const handlingsAtMost = 8192;

/** What events without records may have to do with a handling behind them. */
export interface PerhapsHandled {
  /** All of them that their keys connect with it. */
  readonly open: readonly OpenEvent[];
  readonly ways: readonly HiddenWay[];
  /** There were too many ways to try them all: these are among the likely ones. */
  readonly areLikelyOnly: boolean;
}

/**
 * The ways in which events without records may have been handled before a handling: right before it, one or more of them in any
 * order, or in a way that earlier handlings hide.
 * @param view the states from which they may have been
 * @param areLikelyEnough only the likely ones are asked for
 */
export async function waysBefore(
  context: FollowContext,
  walked: WalkedEvent,
  view: StateView = context.states.liveView,
  areLikelyEnough = false,
): Promise<PerhapsHandled> {
  const open = connectedOpen(context, walked);
  const ways: HiddenWay[] = [];
  let areLikelyOnly = areLikelyEnough || open.length > eventsAtMost;
  let handlings = 0;
  const nothing: HiddenWay = { handled: [], states: new Map() };
  for (const before of [nothing, ...context.open.ways.touching(keysConnected(context, walked))]) {
    // One that has to do with no key of the handling itself goes on as it was.
    if (walked.keys.some((key) => before.states.has(key))) ways.push(before);
    if (areLikelyOnly && before !== nothing) continue;
    const from: HandlingFrom = {
      states: before.states,
      behind: async (one, states) => {
        const answer = await context.call(one.walked, overlaid(view, entriesOf(states)));
        return 'fault' in answer ? null : withWrites(states, answer);
      },
    };
    const others = open.filter((one) => !before.handled.includes(one));
    const orders = areLikelyOnly ? null : new OrdersBefore(walked, others, from, handlingsAtMost - handlings);
    const all = (await orders?.all()) ?? null;
    handlings += orders?.handlings ?? 0;
    if (all === null) areLikelyOnly = true;
    for (const { handled, states } of all ?? (await likelyWays(walked, others, from))) {
      ways.push({ handled: [...before.handled, ...handled], states });
    }
  }
  return { open, ways, areLikelyOnly };
}

/** Those of them with which the records of a handling are right, each with the states that it leads to behind that. */
export async function perhapsHandledTogether(
  context: FollowContext,
  walked: WalkedEvent,
  records: readonly RecordedOutput[],
  standing: Confidence,
  view: StateView = context.states.liveView,
): Promise<PerhapsHandled> {
  const before = await waysBefore(context, walked, view);
  const fitting: HiddenWay[] = [];
  for (const way of before.ways) {
    const from = overlaid(view, entriesOf(way.states));
    const states = await handledFrom(context, walked, records, standing, way, from);
    if (states !== null) fitting.push({ handled: way.handled, states });
  }
  return { ...before, ways: fitting };
}

/** All states that a way leads to with this handling behind it; null where its records do not fit. */
async function handledFrom(
  context: FollowContext,
  walked: WalkedEvent,
  records: readonly RecordedOutput[],
  standing: Confidence,
  way: HiddenWay,
  from: StateView,
): Promise<ReadonlyMap<string, unknown> | null> {
  const answer = await context.call(walked, from);
  if ('fault' in answer) return null;
  const states = withWrites(way.states, answer);
  const stateAfter = (key: string): unknown => (states.has(key) ? states.get(key) : from.read(key));
  const judged = judgeHandling({ outputs: answer.outputs, stateAfter }, records, standing, context.revelations);
  return judged.judgement === 'agrees' ? states : null;
}

function withWrites(states: HiddenWay['states'], { writes }: CalledWorker): ReadonlyMap<string, unknown> {
  return new Map([...states, ...writes.map(({ key, state }) => [key, state] as const)]);
}

/**
 * True where nothing tells what an open event did, if it was handled: from which state, nobody knows; or it came at an earlier turn that
 * no history tells of and that was not tried out, and what it did before another event of its keys is not what it would do now.
 */
export function mayHaveDoneAnything(
  { states, histories }: FollowContext,
  { walked: open, untried }: OpenEvent,
  now: WalkedEvent,
): boolean {
  const others = open.keys.filter((key) => !now.keys.includes(key));
  if (states.standingOf(others).standing === 'guessed') return true;
  return histories?.isLost(open) === true && untried > 1;
}

/** The same, before anybody is accused of what it may have done: what nothing has shown yet of the states that it comes from counts, too. */
export function mayExplain(context: FollowContext, open: OpenEvent, now: WalkedEvent): boolean {
  const others = open.walked.keys.filter((key) => !now.keys.includes(key));
  return context.states.hadQuiet(others) || mayHaveDoneAnything(context, open, now);
}

/** Those that share keys with the event, or with one another of them: no ledger would name them. */
function connectedOpen(context: FollowContext, walked: WalkedEvent): readonly OpenEvent[] {
  return context.open.sharing(keysConnected(context, walked)).filter(({ isNoted }) => !isNoted);
}

/** The keys of an event, and those that open events and hidden ways connect with them. */
function keysConnected({ open }: FollowContext, { keys }: WalkedEvent): readonly string[] {
  const connecting = (reached: ReadonlySet<string>): readonly { readonly keys: readonly string[] }[] => [
    ...open
      .sharing([...reached])
      .filter(({ isNoted }) => !isNoted)
      .map(({ walked }) => walked),
    ...open.ways
      .touching([...reached])
      .map(({ handled, states }) => ({ keys: [...states.keys(), ...handled.flatMap(({ walked }) => walked.keys)] })),
  ];
  return [...connectedKeys(keys, connecting)];
}

function entriesOf(states: ReadonlyMap<string, unknown>): readonly { readonly key: string; readonly state: unknown }[] {
  return [...states].map(([key, state]) => ({ key, state }));
}
