import { createHash } from 'node:crypto';
import type { Assessment } from '@eventmend/core';
import { canonicalJson, readNote, writeNote, type PreparedInputs } from '@eventmend/core/engine';

interface AssessmentNote {
  readonly format_version: 1;
  /** Of everything that the assessment depends on. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly assessment: Assessment;
}

const file = 'estimation-assessment.json';

/** What was found out before by reading all events, with its date; null where something has changed since, or nobody has looked. */
export function recallAssessment(prepared: PreparedInputs): Assessment | null {
  const note = readNote<AssessmentNote>(prepared.situation.store, file);
  return note?.key === keyOf(prepared) ? { ...note.assessment, recordedAt: note.at } : null;
}

export function rememberAssessment(prepared: PreparedInputs, assessment: Assessment): void {
  // The date is for people; nothing is decided by it.
  writeNote<AssessmentNote>(prepared.situation.store, file, {
    ...{ format_version: 1, key: keyOf(prepared), at: Date.now(), assessment },
  });
}

function keyOf({ situation, facts, survey }: PreparedInputs): string {
  const logs = survey.logs.map(({ description: { fingerprint, kind } }) => ({ fingerprint, kind }));
  const partitions = survey.partitions.map(({ topic, partition, beginning, from, end }) => ({
    ...{ topic, partition, beginning, from, end },
  }));
  const basis = { worker: facts.hash, incident: situation.incident.digest, logs, partitions };
  return createHash('sha256').update(canonicalJson(basis)).digest('hex');
}
