import type { Verification } from '@eventmend/core';
import { describeCheckDetail, describeCheckName } from '../render/describe-check-detail.js';
import type { VerificationJson } from './verify-document.js';
import { verdictToJson } from './run-to-json.js';

/** A verification as it stands in JSON: what each check saw, in words. */
export function verificationToJson(verification: Verification): VerificationJson {
  return {
    ...verification,
    verdict: verdictToJson(verification.verdict),
    checks: verification.checks.map((check) => ({
      ...check,
      name: describeCheckName(check),
      detail: describeCheckDetail(check),
    })),
  };
}
