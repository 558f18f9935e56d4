import { readFileSync } from 'node:fs';
import { exitCodes } from '@eventmend/core';
import { examineIncident, examineKafka, linesOfIncident } from '@eventmend/core/incident';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { connectionFrom, type ConnectionOptions, type ConnectionConfig } from '../program/connection-options.js';
import { describeFinding } from '../render/describe-finding.js';
import { renderDoctor } from '../render/render-doctor.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface DoctorOptions extends ConnectionOptions {
  readonly group?: string;
}

/** Opens everything that an incident names, or a cluster alone, and says how it is understood and what is wrong. */
export async function doctor(
  context: CommandContext,
  file: string | undefined,
  options: DoctorOptions,
): Promise<CommandResult> {
  const cluster = connectionFrom(options, context.cwd);
  return cluster === null ? doctorOfIncident(context, file) : doctorOfCluster(context, cluster, options);
}

async function doctorOfCluster(
  { terminal }: CommandContext,
  { connection, topics, words }: ConnectionConfig,
  { group }: DoctorOptions,
): Promise<CommandResult> {
  const examination = { settings: connection, topics, ...(group !== undefined && { group }) };
  const finding = describeFinding(await examineKafka('kafka', examination), () => null);
  const usable = finding.state !== 'unusable';
  const named = topics.length === 0 ? [] : ['--topic', ...topics];
  return {
    exitCode: usable ? exitCodes.ok : exitCodes.preflight,
    lines: renderDoctor(null, [finding], '', terminal.outStyle),
    document: { incident: null, usable, findings: [finding] },
    next: [eventmendCommand(usable && topics.length > 0 ? 'save' : 'doctor', ...words, ...named)],
  };
}

async function doctorOfIncident(context: CommandContext, file: string | undefined): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const examined = await examineIncident(incident, context.signal);
  const lineOf = linesOfIncident(readFileSync(incident.file, 'utf8'));
  const findings = examined.map((finding) => describeFinding(finding, lineOf));
  const usable = findings.every(({ state }) => state !== 'unusable');
  const words = incidentWords(incident, context.cwd);
  const { name, digest } = incident;
  return {
    exitCode: usable ? exitCodes.ok : exitCodes.preflight,
    lines: renderDoctor(incident, findings, context.cwd, context.terminal.outStyle),
    document: { incident: { name, digest, file: incident.file }, usable, findings },
    next: [eventmendCommand(usable ? 'assess' : 'doctor', ...words)],
  };
}
