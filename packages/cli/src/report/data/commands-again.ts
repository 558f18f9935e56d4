import type { Plan, RunReport } from '@eventmend/core';
import type { ReportJson } from '../../documents/report-document.js';
import { eventmendCommand } from '../../terminal/shell-word.js';

/** Commands that show again what a report says; they are typed where the incident file is. */
export function commandsAgain({ incident }: Plan, { runId, outputs }: RunReport): ReportJson['again'] {
  const of = (verb: string, ...more: string[]): string => eventmendCommand(verb, runId, ...more);
  return [
    { command: of('verify'), what: 'derives states and outputs a second time, independently, and compares digests' },
    { command: eventmendCommand('verify', '--report', `${runId}.report.html`), what: 'holds this file against the run and its inputs' },
    { command: of('export', '--what', 'state', '--out', `${incident.name}.state.ndjson`), what: 'writes every key with its fidelity and what it rests on' },
    ...(outputs > 0
      ? [{ command: of('corrections', '--summary'), what: 'what is owed to the receivers of the outputs, key by key' }]
      : []),
    { command: eventmendCommand('diagnose'), what: 'what went wrong, and how far the evidence goes' },
  ];
}
