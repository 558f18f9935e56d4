import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import type { Worker } from '../worker.js';
import { describeProcessWorker } from './describe-process-worker.js';
import { AnswerRefused, ProcessBroken } from './process-fault.js';
import { ProcessLink, timeoutForHello, type ProcessCommand } from './process-link.js';
import { protocolVersion } from './process-limits.js';
import { readAnswer } from './read-answer.js';

export interface StartedProcess {
  readonly link: ProcessLink;
  readonly worker: Worker;
}

/**
 * Starts a process and asks what it is.
 * @throws RecoveryError `invalid-worker` when it does not start or is no worker
 */
export async function startProcess(command: ProcessCommand, eventTimeoutMs: number): Promise<StartedProcess> {
  const link = new ProcessLink(command);
  try {
    const hello = JSON.stringify({ type: 'hello', protocol: protocolVersion, replaying: true });
    const read = (answer: string): Worker => describeProcessWorker(readAnswer(answer, 'worker', null));
    return { link, worker: await link.request(hello, timeoutForHello(eventTimeoutMs), read) };
  } catch (error) {
    link.break({ kind: 'ended', what: 'it was closed' });
    throw isRecoveryError(error) ? error : notStarted(command, error);
  }
}

/** What a process is, asked of one that is closed again. @throws RecoveryError `invalid-worker` */
export async function askProcessWorker(command: ProcessCommand, eventTimeoutMs: number): Promise<Worker> {
  const { link, worker } = await startProcess(command, eventTimeoutMs);
  await link.close();
  return worker;
}

function notStarted({ command, cwd }: ProcessCommand, error: unknown): unknown {
  if (!(error instanceof ProcessBroken) && !(error instanceof AnswerRefused)) return error;
  const { stderr, reason } = error instanceof ProcessBroken ? error : { stderr: '', reason: null };
  const shown = command.join(' ').slice(0, 200);
  const said = stderr === '' ? '' : `; its last lines on stderr:\n${stderr}`;
  const what = reason?.kind === 'not-started' ? 'cannot be started' : 'does not answer hello as a worker does';
  return new RecoveryError('invalid-worker', `the worker process ${what}: ${shown}: ${error.message}${said}`, {
    hint:
      reason?.kind === 'not-started'
        ? `check that the program is installed and the path right; the process is started in ${cwd}, without a shell`
        : 'docs/process-protocol.md says what it has to answer; nothing but the protocol may be printed on stdout',
    details: { command: [...command], cwd },
  });
}
