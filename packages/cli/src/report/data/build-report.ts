import type { OpenIncident, Plan, RunReport, Verification } from '@eventmend/core';
import type { QuarantinedEvent, SegmentTimes } from '@eventmend/core/engine';
import type { RunCatalogue } from '@eventmend/core/sqlite';
import { eventToJson } from '../../documents/event-to-json.js';
import type { ReportJson } from '../../documents/report-document.js';
import { verdictToJson } from '../../documents/run-to-json.js';
import { hasEnded } from '../../program/carry-out.js';
import type { CommandContext } from '../../program/command-context.js';
import { describeCheckDetail, describeCheckName } from '../../render/describe-check-detail.js';
import { describeNote } from '../../render/render-run.js';
import { KnownKeys } from '../mask/known-keys.js';
import { Mask } from '../mask/mask.js';
import { accountsOfRun } from './accounts-of-run.js';
import { commandsAgain } from './commands-again.js';
import { comparisonOfStore } from './comparison-of-store.js';
import { diagnosisOfStore } from './diagnosis-of-store.js';
import { estimatesOfPlan, sumsOfPlan } from './estimates-of-plan.js';
import { hashesOfRun } from './hashes-of-run.js';
import { headlineOfRun } from './headline-of-run.js';
import { listOnce } from './list-once.js';
import { outputsOfRun } from './outputs-of-run.js';
import { publicationsOfStore } from './publications-of-store.js';
import { shownText } from './shown-json.js';
import { surveyRun } from './survey-run.js';
import { timelineOfRun } from './timeline-of-run.js';

const mostQuarantined = 100;

/** What a report is made of. */
export interface ReportInput {
  readonly engine: CommandContext['engine'];
  readonly open: OpenIncident;
  readonly catalogue: RunCatalogue;
  readonly runId: string;
  /** Fields that are not shown. */
  readonly masked: readonly string[];
  /** Where the keys of the run are put, if keys are not shown; known from an earlier report of it, or empty. */
  readonly known?: KnownKeys;
  readonly made: ReportJson['made'];
  readonly work: { readonly signal: AbortSignal; readonly onPhase: (phase: string) => void };
}

/** Reads all that is known of a run, once, and gives it as one document. Nothing of the run is changed. */
export async function buildReport(input: ReportInput): Promise<ReportJson> {
  const { engine, catalogue, runId, masked, known = new KnownKeys(), made, work } = input;
  const open = { ...input.open, live: listOnce(input.open.live), snapshots: listOnce(input.open.snapshots) };
  const mask = new Mask(masked, known);
  const plan = catalogue.plan(runId);
  const report = catalogue.report(runId) ?? neverReported(plan, runId);
  const verification = catalogue.verification(runId);
  const diagnosis = await engine.lastDiagnosis(open.store);
  const ended = hasEnded(report);
  const quarantined = ended ? firstQuarantined(catalogue, runId) : [];
  const tools = await engine.report();
  if (ended && mask.hidesKeys) {
    work.onPhase('keys to be hidden');
    await tools.surveyKeys(open.store, runId, open, {
      visit: ({ key }) => {
        known.add(key);
      },
      restart: () => undefined,
    });
  }
  work.onPhase('timeline');
  const times = await timesOf(tools, open, plan);
  work.onPhase('outputs');
  const outputs = ended ? await outputsOfRun(engine, open, report, mask, { signal: work.signal }) : null;
  work.onPhase('keys');
  const surveyed = {
    ...{ engine, open, plan, report, diagnosis, mask, masked, quarantined },
    outputs: outputs?.byKey ?? new Map(),
  };
  const keys = ended ? await surveyRun(surveyed) : null;
  const comparison = comparisonOfStore(tools.readComparison(open.store), plan, runId, mask);
  const publications = publicationsOfStore(
    tools.publicationsOfRun(open.store, runId),
    tools.unfinishedPublications(open.store, runId),
    mask,
  );
  const worker = await tools.inspectWorker(open).catch(() => null);
  return mask.everywhere<ReportJson>({
    format_version: 1,
    kind: 'report',
    made,
    incident: { name: open.incident.name, digest: open.incident.digest },
    run: {
      runId,
      planId: plan.id,
      strategy: plan.strategy,
      status: report.status,
      hasEnded: ended,
      worker: { name: plan.worker.name, version: plan.worker.version, check: checkText(plan, mask) },
      elapsedMs: report.elapsedMs,
      eventsPerSecond: report.eventsPerSecond,
    },
    headline: headlineOfRun(plan, report, verification),
    verdict: verdictToJson(report.verdict),
    loss: plan.expected.loss,
    warnings: warningsOf({ plan, report, verification, worker: worker?.hash ?? null, incident: open.incident.digest }),
    timeline: timelineOfRun(plan, open, times, mask),
    diagnosis: diagnosisOfStore(diagnosis, plan, open.incident.onset, mask),
    keys,
    estimates: estimatesOfPlan(plan, comparison, mask),
    ...(plan.sums !== undefined && { sums: sumsOfPlan(plan.sums) }),
    outputs: outputs?.json ?? {
      notCompared: 'the run has not ended',
      intended: 0,
      counts: null,
      unknown: [],
      first: [],
    },
    ...(publications !== undefined && { publications }),
    comparison,
    quarantined: {
      inAll: report.quarantined,
      first: quarantined.map(({ partition, offset, keys: named, code, reason }) => ({
        event: eventToJson({ topic: partition.topic, partition: partition.partition, offset }),
        keys: named === null ? null : mask.keys(named.slice(0, 10)).map((key) => shownText(key)),
        code,
        reason: shownText(mask.freeText(reason)),
      })),
    },
    accounts: accountsOfRun(report),
    verification: verification === null ? null : verificationToJson(verification, mask),
    again: commandsAgain(plan, report),
    hashes: await hashesOfRun({ open, plan, report, worker, diagnosis }),
  });
}

/** Behind the logs of the incident stand those that the plan made: what stands in for lost events. */
async function timesOf(
  { timeSegments, openArchive }: Awaited<ReturnType<CommandContext['engine']['report']>>,
  open: OpenIncident,
  plan: Plan,
): Promise<readonly SegmentTimes[]> {
  const made = plan.logs.slice(open.logs.length).map(({ location }) => {
    try {
      return openArchive(location);
    } catch {
      return null; // it was cleared away since
    }
  });
  try {
    return await timeSegments(plan, [...open.logs.map(({ log }) => log), ...made]);
  } finally {
    for (const log of made) log?.close();
  }
}

function firstQuarantined(catalogue: RunCatalogue, runId: string): readonly QuarantinedEvent[] {
  const first: QuarantinedEvent[] = [];
  for (const event of catalogue.quarantined(runId)) {
    if (first.push(event) === mostQuarantined) break;
  }
  return first;
}

function checkText({ workerCheck }: Plan, mask: Mask): string {
  return workerCheck.failed === true ? mask.freeText(workerCheck.reason) : workerCheck.reason;
}

function verificationToJson({ checks, measures }: Verification, mask: Mask): NonNullable<ReportJson['verification']> {
  return {
    checks: checks.map((check) => {
      // A failed check names what it failed at: keys, states, totals.
      const mayQuote = check.result === 'failed' || ['invariant', 'total', 'totals'].includes(check.detail.kind);
      const detail = describeCheckDetail(check);
      return {
        name: describeCheckName(check),
        result: check.result,
        detail: shownText(mayQuote && check.result !== 'passed' ? mask.freeText(detail) : detail),
      };
    }),
    measures: { ...measures },
  };
}

/** A run that was killed before it could write a report. */
function neverReported(plan: Plan, runId: string): RunReport {
  const none = { applied: 0, skipped: {}, quarantined: 0, unavailable: 0, repeated: 0 };
  return {
    ...{ runId, planId: plan.id, strategy: plan.strategy, status: 'interrupted' },
    verdict: { verdict: 'incomplete', missing: [{ kind: 'target-not-reached' }] },
    fidelity: { overall: 'unproven', keys: {}, directKeys: 0, carriedKeys: 0 },
    ...{ accounts: [], totals: { offsets: 0, ...none } },
    order: { missing: 0, falling: 0, negative: 0, unconfirmed: 0, equal: 0 },
    ...{ stateKeys: 0, stateDigest: '', outputs: 0, outputsDigest: '', quarantined: 0, negativeZeros: 0 },
    ...{ live: null, notes: [], elapsedMs: 0, eventsPerSecond: null },
  };
}

interface Warned {
  readonly plan: Plan;
  readonly report: RunReport;
  readonly verification: Verification | null;
  /** Hash of the worker as it is now; null where it cannot be loaded. */
  readonly worker: string | null;
  /** Digest of the incident as it is now. */
  readonly incident: string;
}

function warningsOf({ plan, report, verification, worker, incident }: Warned): string[] {
  return [
    ...(hasEnded(report)
      ? []
      : [
          `This run has not ended (${report.status}): keys and outputs are left out, since a part of a state is no state.`,
        ]),
    ...(hasEnded(report) && verification === null
      ? ['The result was not verified: nothing but the run itself says that it is right.']
      : []),
    ...(incident === plan.incident.digest ? [] : ['The incident file was changed since this run was planned.']),
    ...(worker === plan.worker.hash ? [] : ['The worker was changed since this run, or cannot be loaded.']),
    ...report.notes.map(describeNote),
  ];
}
