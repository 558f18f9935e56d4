import type { Assessment } from '@eventmend/core';
import {
  describeAssessedWorker,
  describeLoss,
  describeReason,
  describeResult,
  describeWarnings,
} from '../render/describe-assessment.js';
import { describeResource } from '../render/describe-resource.js';
import type { AssessmentJson } from './assess-document.js';

/** An assessment as it stands in JSON: reasons, resources and warnings in words. */
export function assessmentToJson({ olderKeys, ...assessment }: Assessment): AssessmentJson {
  const { reason, bringsBack, expectedLoss, resources, workerCheck } = assessment;
  return {
    ...assessment,
    ...(olderKeys !== undefined && { olderKeys: [...olderKeys] }),
    reason: reason === null ? null : describeReason(reason),
    bringsBack: describeResult(bringsBack),
    expectedLoss: {
      events: expectedLoss.kind === 'events' ? expectedLoss.events : expectedLoss.kind === 'unknown' ? null : 0,
      description: describeLoss(expectedLoss),
    },
    resources: resources.map(describeResource),
    workerCheck: describeAssessedWorker(workerCheck),
    warnings: describeWarnings(assessment),
  };
}
