import { readFileSync } from 'node:fs';
import { exitCodes } from '@eventmend/core';
import { examineIncident } from '../doctor/examine-incident.js';
import { examineKafka } from '../doctor/examine-kafka.js';
import type { Finding } from '../doctor/finding.js';
import { type Incident, linesOfIncident } from '@eventmend/core/incident';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { connectionFrom, type ConnectionOptions, type ConnectionConfig } from '../program/connection-options.js';
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
  { engine, terminal }: CommandContext,
  { connection, topics, words }: ConnectionConfig,
  { group }: DoctorOptions,
): Promise<CommandResult> {
  const found = await examineKafka('kafka', { connection, topics, ...(group !== undefined && { group }) }, engine);
  const usable = found.state !== 'unusable';
  const named = topics.length === 0 ? [] : ['--topic', ...topics];
  return {
    exitCode: usable ? exitCodes.ok : exitCodes.preflight,
    lines: renderDoctor(null, [found], () => null, '', terminal.outStyle),
    document: documentOf(null, [found], () => null, usable),
    next: [eventmendCommand(usable && topics.length > 0 ? 'save' : 'doctor', ...words, ...named)],
  };
}

async function doctorOfIncident(context: CommandContext, file: string | undefined): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const findings = await examineIncident(incident, context.engine, context.signal);
  const lineOf = linesOfIncident(readFileSync(incident.file, 'utf8'));
  const usable = findings.every(({ state }) => state !== 'unusable');
  const words = incidentWords(incident, context.cwd);
  return {
    exitCode: usable ? exitCodes.ok : exitCodes.preflight,
    lines: renderDoctor(incident, findings, lineOf, context.cwd, context.terminal.outStyle),
    document: documentOf(incident, findings, lineOf, usable),
    next: [eventmendCommand(usable ? 'assess' : 'doctor', ...words)],
  };
}

function documentOf(
  incident: Incident | null,
  findings: readonly Finding[],
  lineOf: (key: string) => number | null,
  usable: boolean,
) {
  return {
    incident: incident === null ? null : { name: incident.name, digest: incident.digest, file: incident.file },
    usable,
    findings: findings.map(({ remarks, ...finding }) => ({
      ...finding,
      remarks: remarks.map((remark) => ({ ...remark, line: lineOf(remark.key) })),
    })),
  };
}
