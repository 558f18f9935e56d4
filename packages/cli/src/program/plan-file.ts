import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { RecoveryError, type Plan } from '@eventmend/core';

/**
 * Reads a plan file. What is in it is checked by the strategy, against the id.
 * @throws RecoveryError EM1003 when there is none, EM4003 when it is not a plan.
 */
export function readPlanFile(file: string): Plan {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RecoveryError('EM1003', `the plan file ${file} cannot be read`, { hint: 'eventmend plan --out FILE makes one', cause });
  }
  const plan = parsePlan(text);
  if (plan !== null) return plan;
  throw new RecoveryError('EM4003', `${file} is not a plan`, { hint: 'eventmend plan --out FILE makes one' });
}

/** Writes a plan; the same plan may be written again. @throws RecoveryError EM1006 when another file is in its place. */
export function writePlanFile(file: string, plan: Plan, force: boolean): void {
  if (!force && existsSync(file) && parsePlan(readFileSync(file, 'utf8'))?.id !== plan.id) {
    throw new RecoveryError('EM1006', `${file} exists already and is not this plan`, {
      hint: 'name another file, or replace it with --force',
    });
  }
  const draft = `${file}.partial-${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(plan, null, 2) + '\n', { flag: 'wx', flush: true });
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new RecoveryError('EM1003', `the plan file ${file} cannot be written`, { hint: 'check the folder and its permissions', cause });
  }
}

/** The plan in a text, or null when it is something else. */
function parsePlan(text: string): Plan | null {
  try {
    const value = JSON.parse(text) as Partial<Plan> | null;
    const looksRight =
      typeof value === 'object' &&
      value !== null &&
      value.format_version === 1 &&
      typeof value.id === 'string' &&
      typeof value.incident?.name === 'string' &&
      Array.isArray(value.segments);
    return looksRight ? (value as Plan) : null;
  } catch {
    return null;
  }
}
