import { isRecoveryError } from '../../../errors/recovery-error.js';
import type { ProcessCommand } from '../process-link.js';
import { AnswerRefused, describeBroken, ProcessBroken, quoteLine } from '../process-fault.js';
import { checkBatchAgain } from './checks/batch-again.js';
import type { ConformanceTrial } from './checks/conformance-trial.js';
import { checkEnd } from './checks/end-of-process.js';
import { checkEventsWithoutKeys } from './checks/events-without-keys.js';
import { checkFailingEvent } from './checks/failing-event.js';
import { checkKeysAgain } from './checks/keys-again.js';
import { checkLargeBatch } from './checks/large-batch.js';
import { checkOrderOfAnswers } from './checks/order-of-answers.js';
import { checkOwnKeys } from './checks/own-keys.js';
import { checkDepth, checkNumbers, checkTexts } from './checks/repeated-values.js';
import { checkSkippedEvents } from './checks/skipped-events.js';
import { checkSplitBatch } from './checks/split-batch.js';
import { checkStrangeKeys } from './checks/strange-keys.js';
import { checkUnknownMembers } from './checks/unknown-members.js';
import {
  conformanceCheckNames,
  failed,
  notChecked,
  passed,
  type ConformanceCheck,
  type ConformanceCheckName,
  type ConformanceReport,
  type Finding,
} from './conformance-report.js';
import { UnexpectedFailure } from './fold-trial.js';
import { madeUpEvents } from './made-up-events.js';
import { selectEvents } from './select-events.js';
import { Trial } from './trial.js';
import type { TrialEvent } from './trial-event.js';

export interface ConformanceOptions {
  /** Events of the service to try the handler with; without them, made-up ones that few handlers understand. */
  readonly events?: readonly TrialEvent[];
  /** How long the answer to one message may take, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onCheck?: (check: ConformanceCheck, done: number, total: number) => void;
}

interface Described {
  readonly expected: string;
  readonly run: ConformanceTrial;
  /** It says nothing without an event that the handler takes. */
  readonly needsEvents: boolean;
}

const defaultTimeoutMs = 10_000;
/** A process that leaves this many checks unanswered would leave all others, and take as long for each. */
const maxTimeouts = 3;

const withEvents = (expected: string, run: ConformanceTrial): Described => ({ expected, run, needsEvents: true });
const always = (expected: string, run: ConformanceTrial): Described => ({ expected, run, needsEvents: false });

const checks: Readonly<Record<ConformanceCheckName, Described>> = {
  hello: always('it answers hello with type, protocol, name and version', (trial) => greeted(trial)),
  'unknown-members': withEvents('members that it does not know change nothing', checkUnknownMembers),
  order: withEvents('each message has one answer, in order, with two batches in hand', checkOrderOfAnswers),
  'keys-again': withEvents('an event names the same keys whenever it is asked', checkKeysAgain),
  'own-keys': withEvents('an event writes states of the keys that it names', checkOwnKeys),
  'batch-again': withEvents('a batch has the same effects when it is sent again', checkBatchAgain),
  split: withEvents('a batch that is cut has the same states and outputs', checkSplitBatch),
  skip: withEvents('events to be skipped are left out', checkSkippedEvents),
  'no-keys': withEvents('an event that cannot name its keys has an error in their place', checkEventsWithoutKeys),
  'failing-event': withEvents('an event that fails ends its batch; those before it count', checkFailingEvent),
  numbers: withEvents('numbers come back as the same doubles', checkNumbers),
  texts: withEvents('texts and names come back as they were', checkTexts),
  depth: withEvents('an event may be hundreds of levels deep', checkDepth),
  'strange-keys': withEvents('keys are texts like others', checkStrangeKeys),
  'large-batch': withEvents('a batch may have thousands of events', checkLargeBatch),
  stdout: always('nothing but answers stands on stdout', (trial) => Promise.resolve(cleanStdout(trial))),
  close: always('after close it ends with exit code 0', (trial) => checkEnd(trial, 'close')),
  'end-of-input': always('where stdin ends it ends with exit code 0', (trial) => checkEnd(trial, 'end-of-input')),
};

/**
 * Tells whether a process follows the process protocol, by talking with it as a recovery does. It needs no incident, and
 * nothing of it is kept. A process that breaks a check is started again for the next.
 * @throws AbortError when `signal` aborts
 */
export async function checkConformance(
  command: ProcessCommand,
  { events, timeoutMs = defaultTimeoutMs, signal, onCheck }: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const trial = new Trial(command, timeoutMs);
  const candidates = events ?? madeUpEvents();
  const results: ConformanceCheck[] = [];
  let timeouts = 0;
  try {
    for (const name of conformanceCheckNames) {
      signal?.throwIfAborted();
      const { expected, run, needsEvents } = checks[name];
      const why = whyNot(trial, results, needsEvents, timeouts, events === undefined);
      const { finding, timedOut } =
        why === null ? await attempt(run, trial) : { finding: notChecked(why), timedOut: false };
      if (timedOut) timeouts++;
      const check = { name, expected, ...finding };
      results.push(check);
      onCheck?.(check, results.length, conformanceCheckNames.length);
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
    ? 'the handler takes none of the made-up events; give some of your own with --events'
    : 'the handler takes none of the given events';
}

async function attempt(run: ConformanceTrial, trial: Trial): Promise<{ finding: Finding; timedOut: boolean }> {
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

async function greeted(trial: Trial): Promise<Finding> {
  await trial.talk();
  return passed(`it is ${trial.worker?.name ?? ''}@${trial.worker?.version ?? ''}`);
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

function cleanStdout(trial: Trial): Finding {
  const [stray] = trial.strays;
  return stray === undefined ? passed('no other line was seen') : failed(`it printed ${quoteLine(stray)}`);
}
