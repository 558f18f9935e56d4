import { quoteLine } from '../process/process-fault.js';
import { checkBatchAgain } from './checks/batch-again.js';
import type { ConformanceTrial } from './checks/conformance-trial.js';
import { checkEnd } from './checks/end-of-process.js';
import { checkEventsWithoutKeys } from './checks/events-without-keys.js';
import { checkFailingEvent } from './checks/failing-event.js';
import { checkKeysAgain } from './checks/keys-again.js';
import { checkForgottenStates, checkKeptFailure, checkKeptStates } from './checks/kept-states.js';
import { checkLargeBatch } from './checks/large-batch.js';
import { checkOrderOfAnswers } from './checks/order-of-answers.js';
import { checkOwnKeys } from './checks/own-keys.js';
import { checkDepth, checkNumbers, checkTexts } from './checks/repeated-values.js';
import { checkSkippedEvents } from './checks/skipped-events.js';
import { checkSplitBatch } from './checks/split-batch.js';
import { checkStrangeKeys } from './checks/strange-keys.js';
import { checkUnknownMembers } from './checks/unknown-members.js';
import { failed, passed, type ConformanceCheckName, type CheckFinding } from './conformance-report.js';
import type { Trial } from './trial.js';

export interface DescribedCheck {
  readonly expected: string;
  readonly run: ConformanceTrial;
  /** It says nothing without an event that the handler takes. */
  readonly needsEvents: boolean;
}

const withEvents = (expected: string, run: ConformanceTrial): DescribedCheck => ({ expected, run, needsEvents: true });
const always = (expected: string, run: ConformanceTrial): DescribedCheck => ({ expected, run, needsEvents: false });

/** Every check, in words and in deeds. */
export const conformanceChecks: Readonly<Record<ConformanceCheckName, DescribedCheck>> = {
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
  'kept-states': withEvents('states that it keeps give the same as states that come and go', checkKeptStates),
  'forgotten-states': withEvents('what it is told to forget has no effect any more', checkForgottenStates),
  'kept-failure': withEvents('where it keeps states, events behind one that fails are handled', checkKeptFailure),
  stdout: always('nothing but answers stands on stdout', (trial) => Promise.resolve(cleanStdout(trial))),
  close: always('after close it ends with exit code 0', (trial) => checkEnd(trial, 'close')),
  'end-of-input': always('where stdin ends it ends with exit code 0', (trial) => checkEnd(trial, 'end-of-input')),
};

async function greeted(trial: Trial): Promise<CheckFinding> {
  await trial.talk();
  return passed(`it is ${trial.worker?.name ?? ''}@${trial.worker?.version ?? ''}`);
}

function cleanStdout(trial: Trial): CheckFinding {
  const [stray] = trial.strays;
  return stray === undefined ? passed('no other line was seen') : failed(`it printed ${quoteLine(stray)}`);
}
