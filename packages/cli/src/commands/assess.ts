import { existsSync } from 'node:fs';
import { sep } from 'node:path';
import { exitCodes, type Assessment, type Resource } from '@eventmend/core';
import { assessmentToJson } from '../documents/assessment-to-json.js';
import type { Incident } from '@eventmend/core/incident';
import { bestAssessment } from '@eventmend/core/engine';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import type { LiveStanding } from '../render/describe-live.js';
import { renderAssessment } from '../render/render-assessment.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface AssessOptions {
  /** Also find out what takes as long as reading all events. */
  readonly deep?: boolean;
}

/** What survived, and what the strategies could do with it. */
export async function assess(
  context: CommandContext,
  file: string | undefined,
  { deep = false }: AssessOptions = {},
): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const lost: Resource[] = [];
  const open = await context.engine.openIncident(incident, { withoutLog: (log) => lost.push(log) });
  const progress = context.progress();
  try {
    const assessments: Assessment[] = [];
    for (const strategy of context.engine.strategies(open, true)) {
      assessments.push(await strategy.assess({ onProgress: progress.report, signal: context.signal, deep }));
    }
    progress.end();
    const [found, ...others] = assessments as [Assessment, ...Assessment[]];
    // What only the opening of the incident shows: logs that could not be opened.
    const assessment = { ...found, resources: [...lost, ...found.resources] };
    const best = bestAssessment([assessment, ...others]) ?? assessment;
    const live = await liveStanding(context, incident.store);
    // Paths are absolute in the document; on the screen, what is in this folder is named as the reader would.
    const near = (text: string) => text.replaceAll(`${context.cwd}${sep}`, '');
    const words = incidentWords(incident, context.cwd);
    return {
      exitCode: best.feasible ? exitCodes.ok : exitCodes.infeasible,
      lines: renderAssessment(incident, [assessment, ...others], live, near, context.terminal.outStyle),
      document: {
        incident: { name: incident.name, digest: incident.digest, file: incident.file },
        assessments: [assessment, ...others].map(assessmentToJson),
        best: best.feasible ? best.strategy : null,
        live,
      },
      next: [
        ...(assessment.actBefore === null ? [] : [eventmendCommand('save', ...words)]),
        ...([assessment, ...others].some(({ reason }) => reason?.kind === 'not-checked') && !best.feasible
          ? [eventmendCommand('assess', ...words, '--deep')]
          : []),
        nextAfter(best, incident, words),
      ],
    };
  } finally {
    progress.end();
    open.close();
  }
}

function nextAfter(assessment: Assessment, incident: Incident, words: readonly string[]): string {
  const out = ['--out', `${incident.name}.plan.json`];
  if (assessment.feasible) return eventmendCommand('plan', ...words, ...out);
  // A loss of a few events may be worth accepting; without any log there is nothing to plan.
  const { expectedLoss } = assessment;
  return expectedLoss.kind === 'events' && expectedLoss.events > 0
    ? eventmendCommand('plan', ...words, '--accept-gaps', ...out)
    : eventmendCommand('doctor', ...words);
}

/** What the last run that was compared with the live state shows of it; null where none was. */
async function liveStanding(context: CommandContext, store: string): Promise<LiveStanding | null> {
  if (!existsSync(store)) return null;
  const reports = (await context.engine.openCatalogue(store)).list();
  const last = reports.findLast(({ live, status }) => live?.compared === true && status !== 'failed');
  if (last?.live == null) return null;
  const { keys, differing } = last.live;
  return { runId: last.runId, keys, differing };
}
