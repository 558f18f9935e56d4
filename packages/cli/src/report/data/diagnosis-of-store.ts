import type { Plan } from '@eventmend/core';
import type { Diagnosis } from '@eventmend/log-replay';
import { eventToJson } from '../../documents/event-to-json.js';
import type { ReportJson } from '../../documents/report-document.js';
import { describeEvidence, describeMoment, describePattern } from '../../render/describe-diagnosis.js';
import { doubtOfDiagnosis } from '../../render/doubt-of-diagnosis.js';
import { countsText } from '../../render/render-diagnosis.js';
import type { Mask } from '../mask/mask.js';
import { shownText } from './shown-json.js';

const most = { faults: 60, keys: 5, patterns: 12, missing: 12 };

/** The last diagnosis as a report tells it; null where there is none. */
export function diagnosisOfStore(
  diagnosis: Diagnosis | null,
  plan: Plan,
  onset: number | null,
  mask: Mask,
): ReportJson['diagnosis'] {
  if (diagnosis === null) return null;
  const { counts, tally, patterns, examples, missing } = diagnosis;
  return {
    doubt: doubtOf(diagnosis, plan, onset),
    evidence: diagnosis.evidence,
    summary: countsText(diagnosis),
    counts,
    consequences: tally?.consequences ?? null,
    undetermined: diagnosis.undetermined,
    onset: momentOf(diagnosis.onset),
    end: momentOf(diagnosis.end),
    patterns: patterns.slice(0, most.patterns).map((pattern) => {
      const shown = { ...pattern, property: mask.property(pattern.property) };
      return {
        kind: pattern.kind,
        text: shownText(describePattern(shown)),
        share: pattern.ofFaults === 0 ? 0 : pattern.faults / pattern.ofFaults,
        strength: pattern.strength,
      };
    }),
    faults: examples.slice(0, most.faults).map(({ kind, event, time, keys, other, evidence }) => ({
      kind,
      event: eventToJson(event),
      time,
      keys: mask.keys(keys.slice(0, most.keys)).map((key) => shownText(key)),
      other: other === null ? null : eventToJson(other),
      evidence: shownText(mask.freeText(evidence)),
    })),
    faultsInAll: Object.values(counts).reduce((sum, count) => sum + count, 0),
    missing: missing.slice(0, most.missing).map((of) => shownText(describeEvidence(of))),
  };
}

/** Why the diagnosis may not be about this run, or may be about the worker; null where nothing speaks for that. */
function doubtOf(diagnosis: Diagnosis, plan: Plan, onset: number | null): string | null {
  if (diagnosis.worker.hash !== plan.worker.hash) {
    return 'it was made with another version of the worker than this run';
  }
  if (diagnosis.incident.digest !== plan.incident.digest) {
    return 'it was made when the incident file said something else';
  }
  return doubtOfDiagnosis(diagnosis, onset);
}

function momentOf(moment: Diagnosis['onset']): { time: number; evidence: string } | null {
  return moment === null ? null : { time: moment.time, evidence: shownText(describeMoment(moment)) };
}
