import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { RecoveryError, type Plan } from '@eventmend/core';
import { newDraft, parsePlan, removeAbandonedDrafts, removeDraft } from '@eventmend/core/engine';

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
 * Writes a plan; the same plan may be written again.
 * @param force replace another plan, and nothing else: what stands there may be the only copy of a log
 * @throws RecoveryError `file-exists` when another file is in its place.
 */
export function writePlanFile(file: string, plan: Plan, force: boolean): void {
  if (existsSync(file)) {
    const held = planIn(file);
    if (held === null) {
      throw new RecoveryError('file-exists', `${file} exists already and is no plan`, { hint: 'name another file' });
    }
    if (!force && held !== plan.id) {
      throw new RecoveryError('file-exists', `${file} exists already and is another plan`, {
        hint: 'name another file, or replace it with --force',
      });
    }
  }
  removeAbandonedDrafts(file);
  const draft = newDraft(file);
  try {
    writeFileSync(draft, JSON.stringify(plan, null, 2) + '\n', { flag: 'wx', flush: true });
    renameSync(draft, file);
    removeDraft(draft);
  } catch (cause) {
    removeDraft(draft);
    throw new RecoveryError('file-unavailable', `the plan file ${file} cannot be written`, {
      hint: 'check the folder and its permissions',
      cause,
    });
  }
}

/** The id of the plan in a file, also of one that a later or an earlier version wrote; null where it holds no plan. */
function planIn(file: string): string | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { id, format_version: version, segments } = Object(value) as Record<string, unknown>;
    return typeof id === 'string' && version !== undefined && Array.isArray(segments) ? id : null;
  } catch {
    return null;
  }
}
