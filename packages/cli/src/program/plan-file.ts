import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isRecoveryError, RecoveryError, type Plan } from '@eventmend/core';
import { parsePlan } from '@eventmend/core/engine';

/**
 * Reads a plan file.
 * @throws RecoveryError `file-unavailable` when there is no such file, `invalid-plan` when it is not a plan or was
 *   changed after it was made.
 */
export function readPlanFile(file: string): Plan {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RecoveryError('file-unavailable', `the plan file ${file} cannot be read`, {
      hint: 'eventmend plan --out FILE makes one',
      cause,
    });
  }
  return parsePlan(text, file);
}

/**
 * Writes a plan; the same plan may be written again, and another one is replaced on request. Nothing else ever is.
 * @throws RecoveryError `file-exists` when another file is in its place.
 */
export function writePlanFile(file: string, plan: Plan, force: boolean): void {
  const held = existsSync(file) ? planIn(file) : plan.id;
  if (held === null) {
    throw new RecoveryError('file-exists', `${file} exists already and is no plan`, {
      hint: 'name another file: --force replaces plans only',
    });
  }
  if (!force && held !== plan.id) {
    throw new RecoveryError('file-exists', `${file} exists already and is not this plan`, {
      hint: 'name another file, or replace it with --force',
    });
  }
  const draft = `${file}.partial-${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(plan, null, 2) + '\n', { flag: 'wx', flush: true });
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new RecoveryError('file-unavailable', `the plan file ${file} cannot be written`, {
      hint: 'check the folder and its permissions',
      cause,
    });
  }
}

/** The id of the plan in a file, changed by hand or not; null where it is no plan. */
function planIn(file: string): string | null {
  try {
    return parsePlan(readFileSync(file, 'utf8'), file).id;
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
  }
  return looksLikePlan(file) ? '' : null;
}

/** A plan that was changed, or that another version wrote, is a plan nevertheless. */
function looksLikePlan(file: string): boolean {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null) return false;
    return ['strategy', 'worker', 'baseline', 'segments'].every((name) => Object.hasOwn(content, name));
  } catch {
    return false;
  }
}
