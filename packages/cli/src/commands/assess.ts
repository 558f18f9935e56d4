import { sep } from 'node:path';
import { exitCodes, type Assessment, type Resource } from '@eventmend/core';
import { openSituation } from '../engine/open-situation.js';
import type { Incident } from '../incident/incident.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { renderAssessment } from '../render/render-assessment.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** What survived, and what the strategies could do with it. */
export async function assess(context: CommandContext, file: string | undefined): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const lost: Resource[] = [];
  const { situation, close } = await openSituation(incident, context.engine, (log) => lost.push(log));
  const progress = context.progress();
  try {
    const strategy = await context.engine.strategy();
    const found = await strategy.assess(situation, { onProgress: progress.report, signal: context.signal });
    progress.end();
    const assessment = completed(found, lost);
    const words = incidentWords(incident, context.cwd);
    return {
      exitCode: assessment.feasible ? exitCodes.ok : exitCodes.infeasible,
      lines: renderAssessment(incident, nearPaths(assessment, context.cwd), context.terminal.outLook),
      document: {
        incident: { name: incident.name, digest: incident.digest, file: incident.file },
        assessments: [assessment],
      },
      next: [
        ...(assessment.actBefore === null ? [] : [eventmendCommand('save', ...words)]),
        nextAfter(assessment, incident, words),
      ],
    };
  } finally {
    progress.end();
    close();
  }
}

/** Adds what only the opening of the incident shows: logs that could not be opened. */
function completed(assessment: Assessment, lost: readonly Resource[]): Assessment {
  const warnings = [
    ...assessment.warnings,
    ...lost.map(({ name, state }) => `${name} is ${state}: plan and recover refuse to go on without it`),
  ];
  return { ...assessment, resources: [...lost, ...assessment.resources], warnings };
}

/** Paths are absolute in the document; on the screen, what is in this folder is named as the reader would. */
function nearPaths(assessment: Assessment, cwd: string): Assessment {
  const near = (text: string) => text.replaceAll(`${cwd}${sep}`, '');
  return {
    ...assessment,
    resources: assessment.resources.map((resource) => ({
      ...resource,
      name: near(resource.name),
      notes: near(resource.notes),
    })),
    warnings: assessment.warnings.map(near),
  };
}

function nextAfter(assessment: Assessment, incident: Incident, words: readonly string[]): string {
  const out = ['--out', `${incident.name}.plan.json`];
  if (assessment.feasible) return eventmendCommand('plan', ...words, ...out);
  // A loss of a few events may be worth accepting; without any log there is nothing to plan.
  const { events } = assessment.expectedLoss;
  return events > 0
    ? eventmendCommand('plan', ...words, '--accept-gaps', ...out)
    : eventmendCommand('assess', ...words);
}
