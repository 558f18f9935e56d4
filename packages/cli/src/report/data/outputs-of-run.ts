import { isRecoveryError, type OpenIncident, type RunReport } from '@eventmend/core';
import type { Correction, CorrectionsOfRun, KeySummary, UnknownReason } from '@eventmend/core/engine';
import { eventToJson } from '../../documents/event-to-json.js';
import type { ReportJson } from '../../documents/report-document.js';
import type { Engine } from '../../engine/engine.js';
import type { CommandContext } from '../../program/command-context.js';
import { describeOffset } from '../../render/describe-offset.js';
import { unknownTexts } from '../../render/render-corrections.js';
import type { Mask } from '../mask/mask.js';
import { shownJson, shownText } from './shown-json.js';

const mostCorrections = 60;

/** How the outputs stand, and what each key got wrong. */
export interface OutputsOfRun {
  readonly json: ReportJson['outputs'];
  readonly byKey: ReadonlyMap<string, KeySummary>;
}

type Work = Parameters<Awaited<ReturnType<Engine['corrections']>>['correctionsOfRun']>[3];

/** Compares what a run intends with what was recorded; says why where that cannot be done. */
export async function outputsOfRun(
  engine: CommandContext['engine'],
  open: OpenIncident,
  report: RunReport,
  mask: Mask,
  work: Work,
): Promise<OutputsOfRun> {
  const intended = report.outputs;
  const without = (notCompared: string): OutputsOfRun => ({
    json: { notCompared, intended, counts: null, unknown: [], first: [] },
    byKey: new Map(),
  });
  if (open.recordedOutputs == null) {
    return without('the incident names no recorded outputs (live.outputs): what was sent is not known');
  }
  let found: CorrectionsOfRun | null = null;
  try {
    const { correctionsOfRun } = await engine.corrections();
    const { readFaultsByEvent } = await engine.diagnosis();
    found = await correctionsOfRun(open, report.runId, { diagnosedFaults: readFaultsByEvent }, work);
    return { json: toJson(found, intended, mask), byKey: new Map(found.keys.map((of) => [of.key, of])) };
  } catch (error) {
    if (!isRecoveryError(error) || error.code === 'interrupted') throw error;
    return without(error.message);
  } finally {
    found?.close();
  }
}

function toJson(found: CorrectionsOfRun, intended: number, mask: Mask): ReportJson['outputs'] {
  const { unknown, actions, intended: _, ...counts } = found.counts;
  const reasons = (Object.entries(unknown) as [UnknownReason, number][]).filter(([, count]) => count > 0);
  return {
    notCompared: null,
    intended,
    counts: { ...counts, unknown: reasons.reduce((sum, [, count]) => sum + count, 0), ...actions },
    unknown: reasons.map(([reason, count]) => {
      const first = found.unknown.find((of) => of.reason === reason);
      const where = first?.event == null ? '' : ` of ${describeOffset(first.event)}`;
      const key = first?.key == null ? '' : ` ${shownText(mask.key(first.key), 80)}`;
      return { reason: unknownTexts[reason], count, first: first === undefined ? null : `${first.output}${key}${where}` };
    }),
    first: [...firstOf(found.list({}), mostCorrections)].map((of) => correctionToJson(of, mask)),
  };
}

function correctionToJson(
  { action, output, key, event, time, reason, replaces, value }: Correction,
  mask: Mask,
): ReportJson['outputs']['first'][number] {
  const shown = (of: unknown): string => shownJson(mask.value(of), 300);
  return {
    ...{ action, output, time, reason },
    key: shownText(mask.key(key)),
    event: eventToJson(event),
    was: replaces === null ? null : shown(replaces.value),
    value: value === null ? null : shown(value),
  };
}

function* firstOf<T>(all: Iterable<T>, most: number): Iterable<T> {
  let count = 0;
  for (const each of all) {
    if (count++ === most) return;
    yield each;
  }
}
