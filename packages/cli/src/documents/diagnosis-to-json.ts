import type { Diagnosis, Fault, Undetermined, EstimatedMoment } from '@eventmend/log-replay';
import { eventToJson } from './event-to-json.js';
import { describeEvidence, describeExplanation, describeMoment, describeStart } from '../render/describe-diagnosis.js';

/** How many faults and open questions a document names. */
const named = 50;

/** A diagnosis as the document gives it: offsets as texts, coded cases in words. */
export function diagnosisToJson(diagnosis: Diagnosis) {
  const { tally, live, order, states } = diagnosis;
  return {
    evidence: diagnosis.evidence,
    records: diagnosis.records,
    scope: diagnosis.scope,
    start: describeStart(diagnosis.start),
    workerChecked: diagnosis.workerCheck.checked,
    events: tally?.events ?? null,
    handlings: tally?.handlings ?? null,
    consequences: tally?.consequences ?? null,
    orderNotDetermined: tally?.orderNotDetermined ?? states?.keys.orderNotDetermined ?? null,
    counts: diagnosis.counts,
    undetermined: diagnosis.undetermined,
    first: diagnosis.first === null ? null : faultToJson(diagnosis.first),
    onset: momentToJson(diagnosis.onset),
    end: momentToJson(diagnosis.end),
    patterns: diagnosis.patterns,
    live: live === null ? null : liveToJson(live),
    explanations: states?.systematic.map(describeExplanation) ?? [],
    orderSensitive:
      order === null || order.notMeasured !== null
        ? null
        : {
            independent: order.keys.independent,
            sameInSamples: order.keys.sameInSamples,
            sensitive: order.keys.sensitive,
            members: order.members,
            seed: order.seed,
          },
    examples: diagnosis.examples.slice(0, named).map(faultToJson),
    firstUndetermined: diagnosis.firstUndetermined.slice(0, named).map(undeterminedToJson),
    missing: diagnosis.missing.map(describeEvidence),
  };
}

function momentToJson(moment: EstimatedMoment | null) {
  return moment === null ? null : { time: moment.time, evidence: describeMoment(moment) };
}

function liveToJson(live: NonNullable<Diagnosis['live']>) {
  const { keys, wrong, reproduced, approximate, unexplained, orderNotDetermined, notKnown } = live;
  return { keys, wrong, reproduced, approximate, unexplained, orderNotDetermined, notKnown };
}

function faultToJson({ event, other, ...fault }: Fault) {
  return { ...fault, event: eventToJson(event), other: other === null ? null : eventToJson(other) };
}

function undeterminedToJson({ event, ...rest }: Undetermined) {
  return { ...rest, event: event === null ? null : eventToJson(event) };
}
