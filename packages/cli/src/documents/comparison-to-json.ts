import type { ComparedRecovery, Comparison } from '@eventmend/core/engine';
import { describeHeldOut } from '../render/render-held-out.js';
import { describeLiveDoubt } from '../render/render-run.js';
import type { ComparedRecoveryJson, ComparisonJson } from './compare-document.js';
import { verdictToJson } from './run-to-json.js';

/** A comparison as it stands in JSON: coded cases become words. */
export function comparisonToJson({ recoveries, heldOut, ...comparison }: Comparison): ComparisonJson {
  return {
    ...comparison,
    target: [...comparison.target],
    refused: [...comparison.refused],
    leftOut: [...comparison.leftOut],
    recoveries: recoveries.map(recoveryToJson),
    ...(heldOut !== undefined && {
      heldOut: heldOut.map(({ recoveries: held, refused, ...one }) => ({
        ...{ name: describeHeldOut(one), ...one },
        ...{ refused: [...refused], recoveries: held.map(recoveryToJson) },
      })),
    }),
  };
}

function recoveryToJson(recovery: ComparedRecovery): ComparedRecoveryJson {
  const { subject, measures, wrongKeys, doubt } = recovery;
  return {
    ...recovery,
    subject: subject.kind === 'live' ? subject : { ...subject, verdict: verdictToJson(subject.verdict) },
    measures: [...measures],
    wrongKeys: [...wrongKeys],
    doubt: doubt === null ? null : describeLiveDoubt(doubt),
  };
}
