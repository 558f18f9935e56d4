import { isRecoveryError } from '@eventmend/core';

/** What the doctor says of one thing that an incident names. */
export interface Finding {
  /** Its key in the incident file, such as `live.outputs`. */
  readonly resource: string;
  /** `doubtful`: it can be used, and something about it should be looked at. */
  readonly state: 'usable' | 'doubtful' | 'unusable';
  /** What was found, in words. */
  readonly found: string;
  readonly remarks: readonly Remark[];
  readonly preview: readonly PreviewLine[];
  /** What was tried one after the other, where that is how it was examined. */
  readonly steps: readonly ExaminedStep[];
}

export interface ExaminedStep {
  readonly subject: string;
  readonly state: 'ok' | 'doubtful' | 'failed' | 'not-checked';
  readonly found: string;
}

/** Something that is wrong or missing, and where it is mended. */
export interface Remark {
  readonly kind: 'doubt' | 'problem';
  readonly text: string;
  readonly hint: string | null;
  /** The key of the incident file to look at. */
  readonly key: string;
}

/** One of the first rows beside what it becomes. */
export interface PreviewLine {
  readonly place: string;
  readonly row: string;
  readonly becomes: string;
}

export function finding(
  resource: string,
  found: string,
  remarks: readonly Remark[] = [],
  preview: readonly PreviewLine[] = [],
  steps: readonly ExaminedStep[] = [],
): Finding {
  const problem = remarks.some(({ kind }) => kind === 'problem');
  return {
    resource,
    state: problem ? 'unusable' : remarks.length > 0 ? 'doubtful' : 'usable',
    found,
    remarks,
    preview,
    steps,
  };
}

export function doubt(key: string, text: string, hint: string | null = null): Remark {
  return { kind: 'doubt', text, hint, key };
}

export function problem(key: string, text: string, hint: string | null = null): Remark {
  return { kind: 'problem', text, hint, key };
}

/** An error on purpose is a finding; any other is a bug, and stays one. */
export async function found(resource: string, examine: () => Promise<Finding>): Promise<Finding> {
  try {
    return await examine();
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return finding(resource, 'cannot be used', [
      problem(resource, `${error.number}: ${error.message}`, error.hint ?? null),
    ]);
  }
}
