import type { OpenIncident, Plan, RunReport } from '@eventmend/core';
import type { KeySummary, QuarantinedEvent, RecordedEventRef } from '@eventmend/core/engine';
import type { Diagnosis } from '@eventmend/log-replay';
import type { ReportJson } from '../../documents/report-document.js';
import type { CommandContext } from '../../program/command-context.js';
import type { Mask } from '../mask/mask.js';
import { CausesOfPlan } from './causes-of-plan.js';
import { KeyChoice } from './choose-keys.js';
import { keysOfRun } from './keys-of-run.js';

const mostFaultsOfKey = 5;

export interface SurveyInput {
  readonly engine: CommandContext['engine'];
  readonly open: OpenIncident;
  readonly plan: Plan;
  readonly report: RunReport;
  readonly diagnosis: Diagnosis | null;
  readonly mask: Mask;
  readonly masked: readonly string[];
  readonly quarantined: readonly QuarantinedEvent[];
  readonly outputs: ReadonlyMap<string, KeySummary>;
}

/** Goes through all keys of a run and keeps the ones that a report lists. */
export async function surveyRun(input: SurveyInput): Promise<NonNullable<ReportJson['keys']>> {
  const { engine, open, plan, report, diagnosis, mask, masked, quarantined, outputs } = input;
  const { surveyKeys, checkStoredKeys } = await engine.report();
  const choice = new KeyChoice((key) => {
    const of = outputs.get(key);
    return of === undefined ? 0 : of.owed + of.replaced + of.toRetract;
  });
  let byFidelity: Record<string, number> = {};
  const survey = await surveyKeys(open.store, report.runId, open, {
    visit: (key) => {
      choice.visit(key);
      if (key.fidelity !== null) byFidelity[key.fidelity] = (byFidelity[key.fidelity] ?? 0) + 1;
    },
    restart: () => {
      choice.restart();
      byFidelity = {};
    },
  });
  const listed = new Set(choice.list().map(({ of }) => of.key));
  checkStoredKeys(open.store, report.runId, listed);
  const causes = new CausesOfPlan(plan, quarantined, mask);
  const faults = diagnosis === null ? new Map() : await faultsOf(engine, open.store, listed);
  return keysOfRun({ ...{ survey, byFidelity, choice, causes, mask, masked, report, outputs, faults } });
}

/** The first faults of the keys that are listed. */
async function faultsOf(
  engine: CommandContext['engine'],
  store: string,
  listed: ReadonlySet<string>,
): Promise<Map<string, { kind: string; event: RecordedEventRef }[]>> {
  const { readFaults } = await engine.diagnosis();
  const faults = new Map<string, { kind: string; event: RecordedEventRef }[]>();
  for (const { kind, event, keys } of readFaults(store)) {
    for (const key of keys) {
      if (!listed.has(key)) continue;
      const ofKey = faults.get(key) ?? [];
      if (ofKey.length < mostFaultsOfKey) ofKey.push({ kind, event });
      faults.set(key, ofKey);
    }
  }
  return faults;
}
