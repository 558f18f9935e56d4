import {
  isCandidate,
  type SnapshotFinding,
  type CheckDifference,
  type CheckVerdict,
  type FaultyFinding,
  type FieldFinding,
  type OutputsCheck,
  type WorkerCheckReport,
} from '@eventmend/core/engine';
import { countOf, formatCount, formatTime } from '../terminal/format.js';
import { labelled, paragraph } from '../terminal/labelled.js';
import { paint, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { table } from '../terminal/table.js';
import { describeOffset } from './describe-offset.js';
import { renderCoverage } from './render-coverage.js';
import { describeCheckReason, describeFaultyReason, describeRoot } from './describe-worker-check.js';

const words: Record<CheckVerdict, readonly [text: string, paint: Paint]> = {
  passed: ['passed', 'good'],
  mismatch: ['mismatch', 'bad'],
  'cannot-be-told': ['cannot be told', 'warn'],
};

const shownFields = 8;
const labelWidth = 12;

/** What was compared, how much of it agrees, and where it first does not. */
export function renderWorkerCheck(check: WorkerCheckReport, style: TerminalStyle): string[] {
  const { worker, stretch, firstDifference, fields, faulty } = check;
  const [word, color] = words[check.verdict];
  const line = (label: string, text: string): string[] => labelled(style, label, text, labelWidth);
  return [
    `${paint(style, 'strong', `Worker check of ${worker.name}@${worker.version}`)}   ${paint(style, color, word)}`,
    ...line('because', describeCheckReason(check.reason)),
    ...line('stretch', describeStretch(stretch)),
    ...(check.coverage === null ? [] : renderCoverage(check.coverage, labelWidth, style)),
    ...renderSnapshots(check.snapshots, style),
    ...(check.outputs === null ? line('outputs', 'none were recorded') : renderOutputs(check.outputs, style)),
    ...(firstDifference === null ? [] : renderDifference(firstDifference, style)),
    ...(fields.length === 0 ? [] : renderFields(fields, check.wouldAgree, style)),
    ...(faulty === null ? [] : renderFaulty(faulty, style)),
  ];
}

function describeStretch({ root, from, until, applied, quarantined }: WorkerCheckReport['stretch']): string {
  const begin = from === null ? '' : `, outputs from ${formatTime(from)} UTC`;
  const end = until === null ? 'to the end of the log: no onset is known' : `to ${formatTime(until)} UTC`;
  const parked = quarantined === 0 ? '' : `, ${formatCount(quarantined)} parked`;
  return `from ${describeRoot(root)}${begin} ${end}: ${countOf(applied, 'event')}${parked}`;
}

function renderSnapshots(snapshots: readonly SnapshotFinding[], style: TerminalStyle): string[] {
  if (snapshots.length === 0) return labelled(style, 'snapshots', 'none on this stretch', labelWidth);
  const rows = snapshots.map((finding) => [
    finding.id,
    finding.keysCompared === 0
      ? ''
      : `${formatCount(finding.keysCompared - finding.keysDiffering)} of ${formatCount(finding.keysCompared)}`,
    finding.finding,
    finding.reason,
  ]);
  const columns = [
    { title: 'Snapshot', wrap: true },
    { title: 'Keys agree', align: 'right', wrap: true },
    { title: 'Finding' },
    { title: 'Why', wrap: true },
  ] as const;
  return ['', ...table(columns, rows, style)];
}

function renderOutputs({ location, outputs, outside, nameless }: OutputsCheck, style: TerminalStyle): string[] {
  const notes = [
    ...(outside > 0 ? [`${formatCount(outside)} of events outside of the stretch were left alone`] : []),
    ...(nameless > 0 ? [`${formatCount(nameless)} name neither an event nor an id, and were not compared`] : []),
    ...outputs.flatMap(({ output, volatile = [] }) =>
      volatile.length === 0
        ? []
        : [`${volatile.join(', ')} of ${output} ${volatile.length === 1 ? 'is' : 'are'} volatile: never compared`],
    ),
  ];
  if (outputs.length === 0)
    return ['', ...paragraph(style, ['No recorded output could be compared', ...notes].join('; '))];
  const rows = outputs.map((one) => [
    one.output,
    `${formatCount(one.agreeing)} of ${formatCount(one.compared)}`,
    ...[one.differing, one.missing, one.extra, one.undetermined].map(formatCount),
  ]);
  const columns = [
    { title: 'Output', wrap: true },
    { title: 'Agree', align: 'right', wrap: true },
    { title: 'Differ', align: 'right' },
    { title: 'Missing', align: 'right' },
    { title: 'Extra', align: 'right' },
    { title: 'Order open', align: 'right' },
  ] as const;
  return ['', ...table(columns, rows, style), ...paragraph(style, [`Recorded in ${location}`, ...notes].join('; '))];
}

function renderDifference(difference: CheckDifference, style: TerminalStyle): string[] {
  const { seen, key, path, expected, recorded } = difference;
  const line = (label: string, text: string): string[] => labelled(style, label, text, labelWidth);
  return [
    '',
    paint(style, 'strong', 'First disagreement'),
    ...(seen.in === 'output'
      ? line('event', `${describeOffset(seen.event)}, output ${seen.output}`)
      : [...line('snapshot', seen.snapshot), ...line('events', describeEvents(seen.events))]),
    ...line('key', `${key}, ${path}`),
    ...line('worker', expected),
    ...line('service', recorded),
  ];
}

function describeEvents(events: Extract<CheckDifference['seen'], { in: 'snapshot' }>['events']): string {
  if (events === null) return 'no event has named the key since the snapshot before';
  const { count, first, last } = events;
  if (count === 1) return `${describeOffset(first)}, the only one of the key since the snapshot before`;
  return `one of ${formatCount(count)} from ${describeOffset(first)} to ${describeOffset(last)}`;
}

function renderFields(fields: readonly FieldFinding[], wouldAgree: number, style: TerminalStyle): string[] {
  const rows = fields
    .slice(0, shownFields)
    .map(({ of, path, differing, compared, look: kind, examples }) => [
      of === 'state' ? path : `${of}: ${path}`,
      `${formatCount(differing)} of ${formatCount(compared)}`,
      describeLook(kind),
      examples[0] === undefined ? '' : `${examples[0].expected} / ${examples[0].recorded}`,
    ]);
  const more = fields.length > shownFields ? [`  and ${countOf(fields.length - shownFields, 'more field')}`] : [];
  const asText = fields.some(({ look: kind }) => kind.kind === 'as-text');
  const columns = [
    { title: 'Field that differs', wrap: true },
    { title: 'In', align: 'right', wrap: true },
    { title: 'Looks like', wrap: true },
    { title: 'Worker / service', wrap: true },
  ] as const;
  return [
    '',
    ...table(columns, rows, style),
    ...more,
    ...(asText
      ? paragraph(
          style,
          'What is equal as text only needs its type in the mapping, such as {column: NAME, type: json}.',
        )
      : []),
    ...(wouldAgree > 0
      ? paragraph(
          style,
          `Without ${fields.filter(isCandidate).length === 1 ? 'this field' : 'these fields'} ${formatCount(wouldAgree)} more would agree. But the worker may be wrong there: drop only what it does not compute from events. ${describeDropping(fields.filter(isCandidate))}`,
        )
      : []),
  ];
}

/** How what differs is left out: of states by `normalise`, of outputs by what their declaration calls volatile. */
function describeDropping(droppable: readonly FieldFinding[]): string {
  const ofState = droppable.some(({ of }) => of === 'state');
  const ofOutputs = droppable.some(({ of }) => of !== 'state');
  return [
    ...(ofState ? ['What normalise drops is never compared, and stays unproven until it is reviewed.'] : []),
    ...(ofOutputs ? ['Of an output, volatile in its declaration names what is never compared.'] : []),
  ].join(' ');
}

function describeLook(kind: FieldFinding['look']): string {
  switch (kind.kind) {
    case 'rounding':
      return `rounding: equal to ${countOf(kind.decimals, 'decimal')}`;
    case 'not-set':
      return 'the worker never sets it: volatile, or the worker lacks a rule';
    case 'as-text':
      return 'the same as a text: its column needs a type';
    case 'whole':
      return 'another value altogether';
    case 'everywhere':
      return 'off nearly everywhere: the worker is wrong, or it is volatile';
    case 'some':
      return 'a rule: off in some';
  }
}

function renderFaulty(faulty: FaultyFinding, style: TerminalStyle): string[] {
  const head = `Deployed version ${faulty.worker}, replayed from ${describeRoot(faulty.from)}`;
  if (faulty.reason !== null)
    return ['', ...paragraph(style, `${head}: not compared: ${describeFaultyReason(faulty.reason)}`)];
  const line = (label: string, text: string): string[] => labelled(style, label, text, labelWidth);
  const { keys, wrong, explained, notExplained, contradicted, undetermined, first } = faulty;
  return [
    '',
    ...paragraph(style, head),
    ...line(
      'explained',
      `${formatCount(explained)} of ${countOf(wrong, 'key')} that are wrong in live (of ${formatCount(keys)})`,
    ),
    ...(notExplained > 0 ? line('open', `${countOf(notExplained, 'key')}: it gives another state than live`) : []),
    ...(contradicted > 0 ? line('against', `${countOf(contradicted, 'key')}: right in live, wrong in it`) : []),
    ...(undetermined > 0 ? line('unknown', `${countOf(undetermined, 'key')}: order not determined`) : []),
    ...(first === null
      ? []
      : line(
          'first open',
          `key ${JSON.stringify(first.key)}: corrected ${first.corrected}, deployed ${first.faulty}, live ${first.live}`,
        )),
  ];
}
