import type { DrillBreach, DrillReport, PastDrill } from '@eventmend/core/engine';
import { describeBreach } from '../render/describe-drill.js';
import { comparisonToJson } from './comparison-to-json.js';
import type { DrillJson, PastDrillJson } from './drill-document.js';
import { eventToJson } from './event-to-json.js';
import type { ChosenStrategy } from '../engine/engine.js';
import { verdictToJson } from './run-to-json.js';

/** A drill as it stands in JSON: offsets are texts, what is outside of bounds is also said in words. */
export function drillToJson({
  report: { format_version: _, incident: _incident, ...report },
  breaches,
  folder,
  again,
}: {
  readonly report: DrillReport;
  readonly breaches: readonly DrillBreach[];
  readonly folder: string | null;
  readonly again: string;
}): DrillJson {
  const { detection } = report;
  return {
    ...report,
    mix: { ...report.mix },
    detection: detection === null ? null : { ...detection, firstFalse: accusationToJson(detection.firstFalse) },
    strategies: report.strategies.map(({ strategy, verdict, ...score }) => ({
      ...score,
      strategy: strategy as ChosenStrategy,
      verdict: verdict === null ? null : verdictToJson(verdict),
    })),
    comparison: report.comparison === null ? null : comparisonToJson(report.comparison),
    breaches: breaches.map(breachToJson),
    folder,
    again,
  };
}

export function pastDrillToJson({ format_version: _, ...past }: PastDrill): PastDrillJson {
  return { ...past, mix: { ...past.mix }, breaches: past.breaches.map(breachToJson) };
}

function accusationToJson(accusation: NonNullable<DrillReport['detection']>['firstFalse']) {
  if (accusation === null) return null;
  const { kind, event, other } = accusation;
  return { kind, event: eventToJson(event), other: other === null ? null : eventToJson(other) };
}

function breachToJson(breach: DrillBreach) {
  return { ...breach, text: describeBreach(breach) };
}
