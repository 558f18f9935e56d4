import { failed, passed, type CheckFinding } from '../conformance-report.js';
import type { Trial } from '../trial.js';

/** After `close`, or where its stdin ends, a process ends by itself and says that all is well. */
export async function checkEnd(trial: Trial, how: 'close' | 'end-of-input'): Promise<CheckFinding> {
  const talk = await trial.fresh();
  if (trial.events.length > 0) await talk.run(trial.events.slice(0, 2), new Map());
  if (how === 'close') talk.link.sayClose();
  else talk.link.endInput();
  const exit = await talk.link.waitForExit(trial.timeoutMs);
  if (exit === null) return failed(`it still runs after ${trial.timeoutMs} ms`);
  const { code, signal } = exit;
  if (code === 0) return passed('it ends with exit code 0');
  return failed(signal === null ? `it ends with exit code ${code}` : `it is ended by ${signal}`);
}
