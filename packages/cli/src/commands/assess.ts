import { sep } from 'node:path';
import { exitCodes, type Resource } from '@eventmend/core';
import { openSituation } from '../engine/open-situation.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { renderAssessment } from '../render/render-assessment.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** What survived, and what the strategies could do with it. */
export async function assess(context: CommandContext, file: string | undefined): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const { situation, close } = await openSituation(incident, context.engine);
  const progress = context.progress();
  try {
    const strategy = await context.engine.strategy();
    const found = await strategy.assess(situation, { onProgress: progress.report, signal: context.signal });
    const assessment = incident.live.outputs === null ? found : { ...found, warnings: [...found.warnings, outputsNotCompared] };
    progress.end();
    // Paths are absolute in the document; on the screen, what is in this folder is named as the reader would.
    const near = (resource: Resource) => ({ ...resource, name: resource.name.replaceAll(`${context.cwd}${sep}`, '') });
    const words = incidentWords(incident, context.cwd);
    return {
      exitCode: assessment.feasible ? exitCodes.ok : exitCodes.infeasible,
      lines: renderAssessment(incident, { ...assessment, resources: assessment.resources.map(near) }, context.terminal.outLook),
      document: {
        incident: { name: incident.name, digest: incident.digest, file: incident.file },
        assessments: [assessment],
      },
      next: [assessment.feasible ? eventmendCommand('plan', ...words, '--out', `${incident.name}.plan.json`) : eventmendCommand('assess', ...words)],
    };
  } finally {
    progress.end();
    close();
  }
}

const outputsNotCompared = 'live.outputs is named, but this version does not compare outputs with what was really sent';
