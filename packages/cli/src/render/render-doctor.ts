import { sep } from 'node:path';
import type { Finding, Remark } from '../doctor/finding.js';
import type { Incident } from '@eventmend/core/incident';
import { labelled } from '../terminal/labelled.js';
import { paint, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { renderIncidentHead } from './render-assessment.js';

const stateWords: Readonly<Record<Finding['state'], readonly [word: string, paint: Paint]>> = {
  usable: ['usable', 'good'],
  doubtful: ['usable, but look at this', 'warn'],
  unusable: ['cannot be used', 'bad'],
};

const stepWords = { ok: 'ok', doubtful: 'look', failed: 'failed', 'not-checked': 'not checked' } as const;

/** The line of a key in the incident file; null where there is no file. */
type LineOf = (key: string) => number | null;

/** Each thing with its first rows, what they become, and what is wrong at which line of the incident file. */
export function renderDoctor(
  incident: Incident | null,
  findings: readonly Finding[],
  lineOf: LineOf,
  cwd: string,
  style: TerminalStyle,
): string[] {
  const near = (text: string) => text.replaceAll(`${cwd}${sep}`, '');
  const lines = findings.flatMap((finding) => ['', ...renderFinding(finding, lineOf, near, style)]);
  const bad = findings.filter(({ state }) => state === 'unusable').length;
  const summary =
    bad === 0
      ? `Everything that ${incident === null ? 'was named' : 'the incident names'} can be used.`
      : `${bad} of ${findings.length} cannot be used.`;
  const head = incident === null ? [] : renderIncidentHead(incident, style);
  return [...head, ...lines, '', paint(style, bad === 0 ? 'good' : 'bad', summary)];
}

function renderFinding(
  { resource, state, found, remarks, preview, steps }: Finding,
  lineOf: LineOf,
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
    ...remarks.flatMap((remark) => renderRemark(remark, lineOf, near, style)),
  ];
}

function renderRemark(
  { kind, text, hint, key }: Remark,
  lineOf: LineOf,
  near: (text: string) => string,
  style: TerminalStyle,
): string[] {
  return [
    ...labelled(style, kind === 'problem' ? 'wrong' : 'look', near(text), 8),
    ...labelled(style, 'do', [...formatLine(key, lineOf(key)), ...(hint === null ? [] : [hint])].join(': '), 8),
  ];
}

function formatLine(key: string, line: number | null): readonly string[] {
  return line === null ? [] : [`line ${line} (${key})`];
}
