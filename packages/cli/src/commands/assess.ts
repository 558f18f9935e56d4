import { sep } from 'node:path';
import { exitCodes, type Assessment, type Resource } from '@eventmend/core';
import { assessmentToJson } from '../documents/assessment-to-json.js';
import type { Incident } from '@eventmend/core/incident';
import { assessedStrategies } from '../engine/engine.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { renderAssessment } from '../render/render-assessment.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** What survived, and what the strategies could do with it. */
export async function assess(context: CommandContext, file: string | undefined): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const lost: Resource[] = [];
  const open = await context.engine.openIncident(incident, { withoutLog: (log) => lost.push(log) });
  const progress = context.progress();
  try {
    const assessments: Assessment[] = [];
    for (const name of assessedStrategies) {
      const strategy = await context.engine.strategy(open, name);
      assessments.push(await strategy.assess({ onProgress: progress.report, signal: context.signal }));
    }
    progress.end();
    const [found, ...others] = assessments as [Assessment, ...Assessment[]];
    // What only the opening of the incident shows: logs that could not be opened.
    const assessment = { ...found, resources: [...lost, ...found.resources] };
    const best = [assessment, ...others].find(({ feasible }) => feasible) ?? assessment;
    // Paths are absolute in the document; on the screen, what is in this folder is named as the reader would.
    const near = (text: string) => text.replaceAll(`${context.cwd}${sep}`, '');
    const words = incidentWords(incident, context.cwd);
    return {
      exitCode: best.feasible ? exitCodes.ok : exitCodes.infeasible,
      lines: renderAssessment(incident, [assessment, ...others], near, context.terminal.outStyle),
      document: {
        incident: { name: incident.name, digest: incident.digest, file: incident.file },
        assessments: [assessment, ...others].map(assessmentToJson),
      },
      next: [
        ...(assessment.actBefore === null ? [] : [eventmendCommand('save', ...words)]),
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
  const strategy = assessment.strategy === 'checkpoint' ? ['--strategy', 'checkpoint'] : [];
  if (assessment.feasible) return eventmendCommand('plan', ...words, ...strategy, ...out);
  // A loss of a few events may be worth accepting; without any log there is nothing to plan.
  const { expectedLoss } = assessment;
  return expectedLoss.kind === 'events' && expectedLoss.events > 0
    ? eventmendCommand('plan', ...words, '--accept-gaps', ...out)
    : eventmendCommand('doctor', ...words);
}
