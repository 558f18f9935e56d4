import { describeSums } from '../../render/describe-sums.js';
import { heldOutText } from '../page/chapters/estimates-chapter.js';
import { detailsOfPublication, standOfPublication, titleOfPublication } from '../page/chapters/publications-chapter.js';
import type { ReportJson } from '../../documents/report-document.js';
import { formatCount, formatDuration, formatMinute } from '../../terminal/format.js';
import { escapeMarkdown as text, codeSpan, markdownTable } from './escape-markdown.js';

const shownKeys = 25;
const shownFaults = 10;

/**
 * A draft of a post-mortem: what is known stands there, and what only people know is asked for. Everything from data is escaped;
 * no character of it is markup.
 */
export function renderMarkdown(report: ReportJson): string {
  return `${[
    ...head(report),
    ...timeline(report),
    ...diagnosis(report),
    ...keys(report),
    ...estimates(report),
    ...outputs(report),
    ...publications(report),
    ...comparison(report),
    ...accounts(report),
    ...again(report),
    ...toBeWritten,
  ].join('\n')}\n`;
}

function head({ incident, run, headline, warnings, made, verdict }: ReportJson): string[] {
  const missing = verdict.verdict === 'incomplete' ? verdict.missing : [];
  return [
    `# Post-mortem: ${text(incident.name)}`,
    '',
    `*Draft, made ${made.at.slice(0, 16).replace('T', ' ')} UTC from run ${run.runId} (${run.strategy}, ${run.status}). All times are UTC.*`,
    '',
    `**${text(headline)}**`,
    '',
    ...warnings
      .map((warning) => `> ${text(warning)}`)
      .join('\n>\n')
      .split('\n'),
    ...(missing.length === 0
      ? []
      : ['What keeps it from being complete:', '', ...missing.map((of) => `- ${text(of)}`), '']),
  ];
}

function timeline({ timeline: { onset, end, deploys, snapshots, segments }, diagnosis: found }: ReportJson): string[] {
  const moments: (readonly [number, string])[] = [
    ...(onset === null ? [] : [[onset, 'the error began, as the incident file says'] as const]),
    ...(end === null ? [] : [[end, 'the error ended, as the incident file says'] as const]),
    ...(found?.onset == null
      ? []
      : [[found.onset.time, `the first fault that is shown: ${found.onset.evidence}`] as const]),
    ...(found?.end == null ? [] : [[found.end.time, `the last fault that is shown: ${found.end.evidence}`] as const]),
    ...deploys.map(({ at, name }) => [at, `deploy of ${name}`] as const),
    ...snapshots.flatMap(({ id, takenAt, finding, isBaseline }) =>
      takenAt === null
        ? []
        : [[takenAt, `snapshot ${id}: ${finding}${isBaseline ? '; the recovery begins here' : ''}`] as const],
    ),
  ];
  const gone = segments.filter(({ state }) => state === 'gone' || state === 'damaged' || state === 'stood-in');
  return [
    '## Timeline',
    '',
    ...markdownTable(
      ['When', 'What'],
      moments.toSorted(([a], [b]) => a - b).map(([at, what]) => [formatMinute(at), what]),
    ),
    '',
    gone.length === 0
      ? 'The log holds every event that the recovery needed.'
      : `${formatCount(gone.reduce((sum, { from, to }) => sum + Number(to) - Number(from), 0))} offsets in ${formatCount(gone.length)} ranges are held by no log, or cannot be read.`,
    '',
  ];
}

function diagnosis({ diagnosis: found }: ReportJson): string[] {
  if (found === null) return ['## What was wrong', '', 'Nobody diagnosed this incident.', ''];
  const { summary, doubt, consequences, patterns, faults } = found;
  return [
    '## What was wrong',
    '',
    ...(doubt === null ? [] : [`> But first: ${text(doubt)}`, '']),
    `${text(summary)}.${consequences === null || consequences === 0 ? '' : ` ${formatCount(consequences)} later events differ as a consequence only.`}`,
    '',
    ...(patterns.length === 0
      ? []
      : ['What the faulty events have in common:', '', ...patterns.map((of) => `- ${text(of.text)}`), '']),
    ...(faults.length === 0
      ? []
      : [
          'Examples:',
          '',
          ...markdownTable(
            ['Event', 'Fault', 'Keys', 'Evidence'],
            faults
              .slice(0, shownFaults)
              .map(({ event, kind, keys: named, evidence }) => [
                `${event.topic}[${event.partition}]@${event.offset}`,
                kind,
                named.join(', '),
                evidence,
              ]),
          ),
          '',
        ]),
  ];
}

function keys({ keys: found }: ReportJson): string[] {
  if (found === null) return [];
  const { inAll, byFidelity, live, listed } = found;
  return [
    '## Impact',
    '',
    `${formatCount(inAll)} keys: ${Object.entries(byFidelity)
      .map(([word, count]) => `${formatCount(count)} ${word}`)
      .join(', ')}; ${text(live)}.`,
    '',
    ...markdownTable(
      ['Key', 'Live', 'Recovered', 'Fidelity'],
      listed
        .slice(0, shownKeys)
        .map(({ key, difference, fidelity, standing }) => [
          key,
          difference === null ? standing : `${difference.path} ${difference.live}`,
          difference === null ? '' : difference.recovered,
          fidelity ?? 'no value',
        ]),
    ),
    ...(inAll > shownKeys
      ? ['', `The worst ${formatCount(Math.min(shownKeys, listed.length))} of ${formatCount(inAll)}.`]
      : []),
    '',
  ];
}

function estimates({ estimates: found, sums }: ReportJson): string[] {
  if (found === null) {
    return sums === undefined ? [] : ['## Estimates', '', ...describeSums(sums).map((line) => `- ${text(line)}`), ''];
  }
  return [
    '## Estimates',
    '',
    `${formatCount(found.events)} events were estimated (${text(found.estimator)}).`,
    '',
    ...(found.ensemble?.sums ?? []).map(
      ({ measure, estimate, level, low, high }) =>
        `- ${text(measure)} over all keys: ${estimate}, ${Math.round(level * 100)} %: ${low} to ${high}`,
    ),
    '',
    text(heldOutText(found)),
    '',
  ];
}

function outputs({ outputs: found, publications: published, quarantined }: ReportJson): string[] {
  const { counts, notCompared, intended, unknown } = found;
  return [
    '## Outputs',
    '',
    counts === null
      ? `${formatCount(intended)} intended. Not compared with what was sent: ${text(notCompared ?? '')}.`
      : `${formatCount(intended)} intended: ${formatCount(counts.done)} done, ${formatCount(counts.owed)} owed, ${formatCount(counts.replaced)} with another value, ${formatCount(counts.toRetract)} to retract, ${formatCount(counts.unknown)} unknown.`,
    '',
    ...(published === undefined ? ['Nothing of this run was published.', ''] : []),
    ...unknown.map(({ reason, count }) => `- unknown, ${formatCount(count)}: ${text(reason)}`),
    ...(quarantined.inAll === 0
      ? []
      : ['', `${formatCount(quarantined.inAll)} events could not be processed and were parked.`]),
    '',
  ];
}

function publications({ publications: all }: ReportJson): string[] {
  if (all === undefined) return [];
  return [
    '## Published',
    '',
    ...all.flatMap((publication) => [
      `**${text(titleOfPublication(publication))}.** ${text(standOfPublication(publication))}`,
      '',
      ...detailsOfPublication(publication).map((detail) => `- ${text(detail)}`),
      ...publication.leftAlone.map((why) => `- left alone: ${text(why)}`),
      ...publication.warnings.map((warning) => `- warning: ${text(warning)}`),
      '',
    ]),
  ];
}

function comparison({ comparison: found }: ReportJson): string[] {
  if (found === null) return [];
  const { reference, isTruth, sides, refused } = found;
  const count = (of: number | null): string => (of === null ? '' : formatCount(of));
  return [
    '## Strategies compared',
    '',
    `${text(reference)}.`,
    '',
    ...markdownTable(
      ['Strategy', 'Keys', 'Exact', isTruth ? 'Right' : 'Same', isTruth ? 'Wrong' : 'Other', 'Events lost', 'Took'],
      sides.map(({ name, keys: all, fidelity, same, other, lost, tookMs }) => [
        name,
        formatCount(all),
        fidelity === null ? '' : formatCount(fidelity.exact ?? 0),
        count(same),
        count(other),
        count(lost),
        tookMs === null ? '' : formatDuration(tookMs),
      ]),
    ),
    '',
    ...refused.map(({ strategy, reason }) => `- ${strategy} refused: ${text(reason)}`),
    '',
  ];
}

function accounts({ accounts: { total, lossUnknown } }: ReportJson): string[] {
  return [
    '## Accounts',
    '',
    `${formatCount(total.offsets)} offsets = ${formatCount(total.applied)} applied + ${formatCount(total.skipped)} skipped + ${formatCount(total.quarantined)} quarantined + ${formatCount(total.unavailable)} unavailable.${lossUnknown === true ? ' Nobody knows how many events there were behind them.' : ''}`,
    '',
  ];
}

function again({ again: commands, verification, run, hashes }: ReportJson): string[] {
  return [
    '## How this was verified, and how to verify it again',
    '',
    ...(verification === null
      ? ['Not verified yet.']
      : verification.checks.map(({ name, result, detail }) => `- ${result}: ${text(name)}: ${text(detail)}`)),
    '',
    `The recovery took ${formatDuration(run.elapsedMs)}.`,
    '',
    ...commands.map(({ command, what }) => `- ${codeSpan(command)} ${text(what)}`),
    '',
    ...markdownTable(
      ['Of', 'Name', 'SHA-256'],
      hashes.map(({ what, name, sha256 }) => [what, name, sha256 ?? 'not known']),
    ),
    '',
  ];
}

const toBeWritten = [
  '## To be written by people',
  '',
  '- Why did it happen, and why was it not seen earlier?',
  '- Who noticed it, when, and how?',
  '- Whom did it affect outside of these data, and who told them?',
  '- What is done so that it does not happen again, by whom, until when?',
  '',
];
