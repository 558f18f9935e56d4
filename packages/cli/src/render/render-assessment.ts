import type { Assessment, Resource } from '@eventmend/core';
import { bestAssessment } from '@eventmend/core/engine';
import type { Incident } from '@eventmend/core/incident';
import { formatDuration, formatTime } from '../terminal/format.js';
import { paragraph } from '../terminal/labelled.js';
import { paint, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';
import {
  describeAssessedWorker,
  describeBest,
  describeLoss,
  describeOlderKeys,
  describeReason,
  describeResult,
  describeWarnings,
} from './describe-assessment.js';
import { describeLive, type LiveStanding } from './describe-live.js';
import { describeResource } from './describe-resource.js';

const resourcePaint: Record<Resource['state'], Paint> = {
  found: 'good',
  partial: 'warn',
  missing: 'bad',
  damaged: 'bad',
};

/**
 * What survived, and what each strategy could do with it.
 * @param near shortens the paths in a text
 */
export function renderAssessment(
  incident: Incident,
  assessments: readonly [Assessment, ...Assessment[]],
  live: LiveStanding | null,
  near: (text: string) => string,
  style: TerminalStyle,
): string[] {
  // The first strategy lists what survived; what it warns of concerns the others too.
  const [assessment] = assessments;
  const best = describeBest(bestAssessment(assessments));
  return [
    ...renderIncidentHead(incident, style),
    '',
    ...renderResources(assessment.resources, near, style),
    '',
    ...renderStrategies(assessments, live, style),
    '',
    ...assessments.flatMap((one) => {
      const keys = describeOlderKeys(one);
      return keys === null ? [] : paragraph(style, `The strategy ${one.strategy} begins with ${keys}.`);
    }),
    ...(best === null ? [] : paragraph(style, `Best: ${best}`)),
    ...paragraph(style, `Worker check: ${describeAssessedWorker(assessment.workerCheck)}`),
    ...describeWarnings(assessment).flatMap((warning) => warn(style, near(warning))),
  ];
}

export function renderIncidentHead(incident: Incident, style: TerminalStyle): string[] {
  const onset = incident.onset === null ? 'onset unknown' : formatTime(incident.onset);
  const end = incident.end === null ? 'ongoing or unknown end' : formatTime(incident.end);
  const time =
    incident.onset === null && incident.end === null ? 'time of the error unknown' : `${onset} -> ${end} UTC`;
  return [`${paint(style, 'strong', 'Incident')}  ${safeText(incident.name)}   ${time}`];
}

function renderResources(
  resources: readonly Resource[],
  near: (text: string) => string,
  style: TerminalStyle,
): string[] {
  return table(
    [
      { title: 'Resource', wrap: true },
      { title: 'State' },
      { title: 'From', wrap: true },
      { title: 'To', wrap: true },
      { title: 'Notes', wrap: true },
    ],
    resources
      .map(describeResource)
      .map(({ name, state, from, to, notes }) => [
        near(name),
        { text: state, paint: resourcePaint[state] },
        from,
        to,
        near(notes),
      ]),
    style,
  );
}

function renderStrategies(
  assessments: readonly Assessment[],
  live: LiveStanding | null,
  style: TerminalStyle,
): string[] {
  const hasEnd = assessments.some(({ actBefore }) => actBefore !== null);
  const rows = assessments.map((assessment) => [
    assessment.strategy,
    possible(assessment),
    assessment.reason === null ? describeResult(assessment.bringsBack) : describeReason(assessment.reason),
    assessment.feasible ? describeLoss(assessment.expectedLoss) : '',
    !assessment.feasible
      ? ''
      : assessment.expectedDurationMs === null
        ? 'not measured'
        : formatDuration(assessment.expectedDurationMs),
    ...(hasEnd ? [assessment.feasible && assessment.actBefore !== null ? formatTime(assessment.actBefore) : ''] : []),
  ]);
  // Doing nothing is a choice too.
  rows.push(['live', 'as it is', describeLive(live), '', '', ...(hasEnd ? [''] : [])]);
  return table(
    [
      { title: 'Strategy' },
      { title: 'Possible' },
      { title: 'Brings back', wrap: true },
      { title: 'Expected loss', wrap: true },
      { title: 'Takes', wrap: true },
      ...(hasEnd ? [{ title: 'Act before', wrap: true }] : []),
    ],
    rows,
    style,
  );
}

function possible({ feasible, reason, recordedAt }: Assessment): { readonly text: string; readonly paint: Paint } {
  if (reason?.kind === 'not-checked') return { text: 'not checked', paint: 'warn' };
  const word = feasible ? 'yes' : 'no';
  return {
    text: recordedAt === undefined ? word : `${word} (${formatTime(recordedAt).slice(0, 10)})`,
    paint: feasible ? 'good' : 'bad',
  };
}

/** A warning, the word in colour. */
export function warn(style: TerminalStyle, text: string): string[] {
  const [first = '', ...rest] = paragraph(style, `Warning: ${text}`);
  return [first.replace('Warning:', paint(style, 'warn', 'Warning:')), ...rest];
}
