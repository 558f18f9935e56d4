import { styleText } from 'node:util';
import { formatDuration } from './format-duration.mjs';

/** Thrown by a step that found something wrong; `output` is what a reader needs to mend it. */
export class StepFailure extends Error {
  constructor(message, output = '') {
    super(message);
    this.output = output;
  }
}

/** Fails the step where a command failed, with all that the command printed. */
export function expectSuccess(result, message) {
  if (result.code !== 0) throw new StepFailure(message, result.output);
  return result;
}

/**
 * Says what is being done, does it, and says how it went and how long it took.
 *
 * @param {string} name
 * @param {() => Promise<{ note?: string, passed?: number, failed?: number, skipped?: number } | void>} action
 */
export async function runStep(name, action) {
  process.stdout.write(`${styleText('bold', `> ${name}`)}\n`);
  const started = performance.now();
  let outcome;
  try {
    const result = (await action()) ?? {};
    outcome = { ok: (result.failed ?? 0) === 0, ...result };
  } catch (error) {
    const output = error instanceof StepFailure ? `${error.output.trimEnd()}\n` : '';
    process.stdout.write(`${output}${error instanceof StepFailure ? error.message : error.stack}\n`);
    outcome = { ok: false, note: error.message };
  }
  const ms = performance.now() - started;
  const mark = outcome.ok ? styleText('green', 'ok') : styleText('red', 'FAILED');
  const note = outcome.note ? `  ${outcome.note}` : '';
  process.stdout.write(`  ${mark}  ${name}  ${formatDuration(ms)}${note}\n`);
  return { name, ms, ...outcome };
}
