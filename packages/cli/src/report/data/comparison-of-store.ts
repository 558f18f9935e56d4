import { basename } from 'node:path';
import type { Plan } from '@eventmend/core';
import type { ComparedRecovery, Comparison } from '@eventmend/core/engine';
import type { ComparedSide, ReportJson } from '../../documents/report-document.js';
import { describeHeldOut } from '../../render/render-held-out.js';
import { describeReference } from '../../render/render-comparison.js';
import { describeVerdict } from '../../render/render-run.js';
import type { Mask } from '../mask/mask.js';

/** The last comparison of the store as a report tells it; null where there is none, or it is of another incident. */
export function comparisonOfStore(
  comparison: Comparison | null,
  plan: Plan,
  runId: string,
  mask: Mask,
): ReportJson['comparison'] {
  if (comparison === null || comparison.incident.name !== plan.incident.name) return null;
  const { reference, recoveries, refused, heldOut = [] } = comparison;
  const failed = (of: Comparison['refused']) =>
    of.map(({ strategy, error }) => ({ strategy, reason: mask.freeText(error.message) }));
  return {
    reference: describeReference(reference, (path) => basename(path)),
    isTruth: reference.kind === 'truth',
    doubt:
      comparison.incident.digest === plan.incident.digest
        ? null
        : 'it was made when the incident file said something else',
    sides: recoveries.map((of) => sideOf(of, runId)),
    refused: failed(refused),
    heldOut: heldOut.map(({ keys, recoveries: of, refused: without, ...when }) => ({
      name: describeHeldOut(when),
      keys,
      sides: of.map((one) => sideOf(one, runId)),
      refused: failed(without),
    })),
  };
}

function sideOf(
  { subject, keys, fidelity, states, measures, loss, time }: ComparedRecovery,
  runId: string,
): ComparedSide {
  const isRun = subject.kind === 'run';
  return {
    name: isRun ? subject.strategy : 'live',
    runId: isRun ? subject.runId : null,
    isThisRun: isRun && subject.runId === runId,
    verdict: isRun ? describeVerdict(subject.verdict) : null,
    keys,
    fidelity,
    same: states?.same ?? null,
    other: states === null ? null : states.differing + states.missing + states.surplus,
    otherExact: states?.wrongAs.exact ?? null,
    measures: measures.map(({ measure, sum, off, interval }) => ({ measure, sum, off, interval: interval ?? null })),
    lost: loss === null || loss.expected === null ? null : loss.unavailable + loss.quarantined,
    tookMs: time?.elapsedMs ?? null,
  };
}
