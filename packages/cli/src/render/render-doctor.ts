import { sep } from 'node:path';
import type { Incident } from '@eventmend/core/incident';
import { labelled } from '../terminal/labelled.js';
import { paint, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import type { FindingText } from './describe-finding.js';
import { renderIncidentHead } from './render-assessment.js';

const stateWords: Readonly<Record<FindingText['state'], readonly [word: string, paint: Paint]>> = {
  usable: ['usable', 'good'],
  doubtful: ['usable, but look at this', 'warn'],
  unusable: ['cannot be used', 'bad'],
};

const stepWords = { ok: 'ok', doubtful: 'look', failed: 'failed', 'not-checked': 'not checked' } as const;

/** Each thing with its first rows, what they become, and what is wrong at which line of the incident file. */
export function renderDoctor(
  incident: Incident | null,
  findings: readonly FindingText[],
  cwd: string,
  style: TerminalStyle,
): string[] {
  const near = (text: string) => text.replaceAll(`${cwd}${sep}`, '');
  const lines = findings.flatMap((finding) => ['', ...renderFinding(finding, near, style)]);
  const bad = findings.filter(({ state }) => state === 'unusable').length;
  const summary =
    bad === 0
      ? `Everything that ${incident === null ? 'was named' : 'the incident names'} can be used.`
      : `${bad} of ${findings.length} cannot be used.`;
  const head = incident === null ? [] : renderIncidentHead(incident, style);
  return [...head, ...lines, '', paint(style, bad === 0 ? 'good' : 'bad', summary)];
}

function renderFinding(
  { resource, state, found, remarks, preview, steps }: FindingText,
  near: (text: string) => string,
  style: TerminalStyle,
): string[] {
  const [word, colour] = stateWords[state];
  return [
    `${paint(style, 'strong', safeText(resource))}  ${paint(style, colour, word)}`,
    ...labelled(style, 'found', near(found), 8),
    ...steps.flatMap(({ subject, state: step, found: seen }) =>
      labelled(style, stepWords[step], `${subject}: ${seen}`, 11),
    ),
    ...preview.flatMap(({ place, row, becomes }) => [
      ...labelled(style, 'row', `${place}  ${near(row)}`, 8),
      ...labelled(style, 'becomes', near(becomes), 8),
    ]),
    ...remarks.flatMap((remark) => renderRemark(remark, near, style)),
  ];
}

function renderRemark(
  { kind, text, hint, key, line }: FindingText['remarks'][number],
  near: (text: string) => string,
  style: TerminalStyle,
): string[] {
  const where = line === null ? null : `line ${line} (${key})`;
  return [
    ...labelled(style, kind === 'problem' ? 'wrong' : 'look', near(text), 8),
    ...labelled(style, 'do', [where, hint].filter((part) => part !== null).join(': '), 8),
  ];
}
