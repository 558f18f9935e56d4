import { dirname } from 'node:path';
import type { RunReport } from '@eventmend/core';
import { incidentFilesIn, type Incident } from '@eventmend/core/incident';
import { eventmendCommand } from '../terminal/shell-word.js';
import { pathHere } from './incident-argument.js';

/** How a command names an incident here: not at all where it is found anyway. */
export function incidentWords(incident: Incident, cwd: string): readonly string[] {
  const here = incidentFilesIn(cwd);
  return here.length === 1 && here[0] === incident.file ? [] : [pathHere(incident.file, cwd)];
}

/** A command about a run of an incident, as it works from here. */
export function runCommand(
  verb: string,
  runId: string,
  incident: Incident,
  cwd: string,
  ...more: readonly string[]
): string {
  const named = dirname(incident.file) === cwd ? [] : ['--incident', pathHere(incident.file, cwd)];
  return eventmendCommand(verb, runId, ...named, ...more);
}

/** Plans anew, over the plan file that no longer fits. */
export function planAgain(incident: Incident, cwd: string): string {
  return eventmendCommand('plan', ...incidentWords(incident, cwd), '--out', `${incident.name}.plan.json`, '--force');
}

/** What makes sense after a run ended as it did. */
export function nextAfterRun(report: RunReport, incident: Incident, cwd: string): readonly string[] {
  switch (report.status) {
    case 'running':
    case 'interrupted':
      return [runCommand('resume', report.runId, incident, cwd)];
    case 'failed':
      return [planAgain(incident, cwd)];
    case 'recovered':
      return [runCommand('verify', report.runId, incident, cwd)];
    case 'verified':
      return nextAfterVerified(report.runId, incident, cwd);
    case 'mismatch':
      return [eventmendCommand('assess', ...incidentWords(incident, cwd))];
  }
}

/** What others were told wrongly comes before what one keeps for oneself. */
export function nextAfterVerified(runId: string, incident: Incident, cwd: string): readonly string[] {
  const told = incident.live.outputs === null ? [] : [runCommand('corrections', runId, incident, cwd)];
  return [...told, exportState(runId, incident, cwd)];
}

export function exportState(runId: string, incident: Incident, cwd: string): string {
  return runCommand('export', runId, incident, cwd, '--what', 'state', '--out', `${incident.name}.state.ndjson`);
}
