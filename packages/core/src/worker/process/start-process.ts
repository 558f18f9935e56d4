import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import type { Worker } from '../worker.js';
import { describeProcessWorker } from './describe-process-worker.js';
import { AnswerRefused, ProcessBroken } from './process-fault.js';
import { ProcessLink, timeoutForHello, type ProcessCommand } from './process-link.js';
import { keepingProtocol, protocolVersion } from './process-limits.js';
import { readTerms, type ProcessTerms } from './process-terms.js';
import { readAnswer } from './read-answer.js';

export interface StartedProcess {
  readonly link: ProcessLink;
  readonly worker: Worker;
  readonly terms: ProcessTerms;
}

/** The versions that may be agreed on; a process that knows the first alone does not look at the list. */
export const spokenVersions = `"protocol":${protocolVersion},"protocols":[${protocolVersion},${keepingProtocol}]`;

/**
 * Starts a process and asks what it is.
 * @throws RecoveryError `invalid-worker` when it does not start or is no worker
 */
export async function startProcess(command: ProcessCommand, eventTimeoutMs: number): Promise<StartedProcess> {
  const link = new ProcessLink(command);
  try {
    const hello = `{"type":"hello",${spokenVersions},"replaying":true}`;
    const described = await link.request(hello, timeoutForHello(eventTimeoutMs), (line) => {
      const answer = readAnswer(line, 'worker', null);
      return { terms: readTerms(answer), worker: describeProcessWorker(answer) };
    });
    return { link, ...described };
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
