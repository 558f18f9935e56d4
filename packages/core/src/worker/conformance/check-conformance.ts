import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { ProcessCommand } from '../process/process-link.js';
import { AnswerRefused, describeBroken, ProcessBroken } from '../process/process-fault.js';
import type { ConformanceTrial } from './checks/conformance-trial.js';
import { conformanceChecks } from './conformance-checks.js';
import {
  conformanceCheckNames,
  failed,
  notChecked,
  type ConformanceCheck,
  type ConformanceCheckName,
  type ConformanceReport,
  type CheckFinding,
} from './conformance-report.js';
import { UnexpectedFailure, statesAfter } from './fold-trial.js';
import { Trial } from './trial.js';
import type { TrialEvent } from './trial-event.js';
import type { Talk, TrialStates } from './talk.js';

export interface ConformanceOptions {
  /** Events of the service to try the handler with; without them, made-up ones that few handlers understand. */
  readonly events?: readonly TrialEvent[];
  /** How long the answer to one message may take, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onCheck?: (check: ConformanceCheck, done: number, total: number) => void;
}

const defaultTimeoutMs = 10_000;
/** A process that leaves this many checks unanswered would leave all others, and take as long for each. */
const maxTimeouts = 3;

/**
 * Tells whether a process follows the process protocol, by talking with it as a recovery does. It needs no incident, and
 * nothing of it is kept. A process that breaks a check is started again for the next.
 * @throws AbortError when `signal` aborts
 */
export function checkConformance(
  command: ProcessCommand,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  return runChecks(conformanceCheckNames, command, options);
}

/** Makes some of the checks; the first of them is `hello`, without which nothing else can be asked. */
export async function runChecks(
  names: readonly ConformanceCheckName[],
  command: ProcessCommand,
  { events, timeoutMs = defaultTimeoutMs, signal, onCheck }: ConformanceOptions,
): Promise<ConformanceReport> {
  const trial = new Trial(command, timeoutMs);
  const candidates = events ?? madeUpEvents();
  const results: ConformanceCheck[] = [];
  let timeouts = 0;
  try {
    for (const name of names) {
      signal?.throwIfAborted();
      const { expected, run, needsEvents } = conformanceChecks[name];
      const why = whyNot(trial, results, needsEvents, timeouts, events === undefined);
      const { finding, timedOut } =
        why === null ? await attempt(run, trial) : { finding: notChecked(why), timedOut: false };
      if (timedOut) timeouts++;
      const check = { name, expected, ...finding };
      results.push(check);
      onCheck?.(check, results.length, names.length);
      if (name === 'hello' && finding.result === 'passed') await choose(trial, candidates);
    }
  } finally {
    await trial.close();
  }
  const { worker } = trial;
  return {
    conforms: results.every(({ result }) => result !== 'failed'),
    worker: worker === null ? null : { name: worker.name, version: worker.version },
    events: { from: events === undefined ? 'made-up' : 'given', handled: trial.events.length },
    checks: results,
  };
}

/** What keeps a check from being made; null where nothing does. */
function whyNot(
  trial: Trial,
  results: readonly ConformanceCheck[],
  needsEvents: boolean,
  timeouts: number,
  madeUp: boolean,
): string | null {
  if (results[0]?.result === 'failed') return 'it does not answer hello';
  if (timeouts >= maxTimeouts) return `it did not answer ${maxTimeouts} times`;
  if (!needsEvents || trial.events.length > 0) return null;
  return madeUp
    ? 'the handler takes none of the made-up events; give it some of its own'
    : 'the handler takes none of the given events';
}

async function attempt(run: ConformanceTrial, trial: Trial): Promise<{ finding: CheckFinding; timedOut: boolean }> {
  try {
    return { finding: await run(trial), timedOut: false };
  } catch (error) {
    const timedOut = error instanceof ProcessBroken && error.reason.kind === 'timeout';
    return { finding: failed(describeFault(error)), timedOut };
  }
}

function describeFault(error: unknown): string {
  if (error instanceof ProcessBroken) return describeBroken(error);
  if (error instanceof AnswerRefused || error instanceof UnexpectedFailure || isRecoveryError(error))
    return error.message;
  throw error;
}

/** A process that breaks while it is shown the events has none that it handles; each check then says how it breaks. */
async function choose(trial: Trial, candidates: readonly TrialEvent[]): Promise<void> {
  try {
    trial.events = await selectEvents(await trial.talk(), candidates);
  } catch (error) {
    describeFault(error);
    trial.events = candidates.slice(0, 8);
  }
}

/** Events of no service: four keys in turn, and members of every type. */
function madeUpEvents(): readonly TrialEvent[] {
  return Array.from({ length: 24 }, (_, n) => {
    const key = `key-${n % 4}`;
    const value = {
      id: `event-${n}`,
      key,
      count: n,
      amount: n * 1.25 - 7,
      text: 'made up',
      list: [n, n + 1],
      none: null,
    };
    return { key, value: JSON.stringify({ ...value, sure: n % 2 === 0 }) };
  });
}

/** More events than this show nothing new. */
const wanted = 64;
const tried = 2000;
const atOnce = 100;

/**
 * The first events that the handler takes without a fault, one after the other; the others are left out, as a run that
 * parks them would do.
 */
async function selectEvents(talk: Talk, candidates: readonly TrialEvent[]): Promise<readonly TrialEvent[]> {
  const chosen: TrialEvent[] = [];
  let states: TrialStates = new Map<string, unknown>();
  const waiting = candidates.slice(0, tried);
  while (waiting.length > 0 && chosen.length < wanted) {
    const batch = waiting.splice(0, atOnce);
    const { effects } = await talk.run(batch, states);
    states = statesAfter(states, effects);
    chosen.push(...batch.filter((_, place) => (effects.events[place] ?? null) !== null));
    // Behind an event that failed, the rest is tried again.
    if (effects.error !== null) waiting.unshift(...batch.slice(effects.events.length + 1));
  }
  return chosen.slice(0, wanted);
}
