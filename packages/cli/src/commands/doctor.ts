import { readFileSync } from 'node:fs';
import { exitCodes } from '@eventmend/core';
import { examineIncident } from '../doctor/examine-incident.js';
import type { Finding } from '../doctor/finding.js';
import type { Incident } from '../incident/incident.js';
import { linesOfIncident } from '../incident/line-of-key.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { renderDoctor } from '../render/render-doctor.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** Opens everything that an incident names, and says how its rows are understood and what is wrong. */
export async function doctor(context: CommandContext, file: string | undefined): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const findings = await examineIncident(incident, context.engine, context.signal);
  const lineOf = linesOfIncident(readFileSync(incident.file, 'utf8'));
  const usable = findings.every(({ state }) => state !== 'unusable');
  const words = incidentWords(incident, context.cwd);
  return {
    exitCode: usable ? exitCodes.ok : exitCodes.preflight,
    lines: renderDoctor(incident, findings, lineOf, context.cwd, context.terminal.outLook),
    document: documentOf(incident, findings, lineOf, usable),
    next: [eventmendCommand(usable ? 'assess' : 'doctor', ...words)],
  };
}

function documentOf(
  incident: Incident,
  findings: readonly Finding[],
  lineOf: (key: string) => number,
  usable: boolean,
) {
  return {
    incident: { name: incident.name, digest: incident.digest, file: incident.file },
    usable,
    findings: findings.map(({ remarks, ...finding }) => ({
      ...finding,
      remarks: remarks.map((remark) => ({ ...remark, line: lineOf(remark.key) })),
    })),
  };
}
