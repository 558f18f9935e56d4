import type {
  BaselinePart,
  NotMixed,
  PlanFacts,
  PlanSegment,
  PlanStandIns,
  SnapshotFinding,
} from '@eventmend/core/engine';
import type { Plan } from '@eventmend/core';
import { describeActBefore, describeExpected, describePlannedWrong } from './describe-expected.js';
import { describeEnsemble } from './describe-ensemble.js';
import { describeStandInTrial, describeUntriedStandIns } from './describe-stand-in-trial.js';
import { describeSums } from './describe-sums.js';
import { describeFacts, describePlanTotals } from './describe-facts.js';
import { describeRefusedKeys, describeWorstKeys } from './describe-key-loss.js';
import { describeRanges, partitionsOf } from './describe-ranges.js';
import { renderChosen, renderWeighed } from './render-choice.js';
import { describePlanScope } from './render-scope.js';
import { countOf, formatCount, formatDuration, formatTime, shortDigest } from '../terminal/format.js';
import { labelled, paragraph } from '../terminal/labelled.js';
import { paint, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';

const shownPartitions = 4;

/** What would happen, before it happens. */
export function renderPlan(plan: Plan, style: TerminalStyle): string[] {
  const { worker } = plan;
  const refused = describeRefusedKeys(plan);
  return [
    `${paint(style, 'strong', `Plan ${plan.id.slice(0, 8)}`)}  ${plan.strategy}, ${countOf(partitionsOf(plan.segments.filter(({ as }) => as === 'log' || as === 'archive')), 'partition')}`,
    ...renderChosen(plan, style),
    ...(refused === null ? [] : labelled(style, 'refused', refused)),
    ...labelled(style, 'worker', `${worker.name}@${worker.version} (sha256 ${shortDigest(worker.hash)})`),
    ...(plan.scope === undefined ? [] : describePlanScope(plan.scope)).flatMap((text, index) =>
      labelled(style, index === 0 ? 'scope' : '', text),
    ),
    ...plan.baseline.flatMap((part) => labelled(style, 'baseline', describeBaseline(part, plan.baseline.length > 1))),
    ...(plan.notMixed === undefined ? [] : labelled(style, '', describeNotMixed(plan.notMixed))),
    ...plan.baseline.flatMap(({ omits = {} }) =>
      Object.entries(omits).flatMap(([name, why]) => labelled(style, 'omits', `${safeText(name)}: ${safeText(why)}`)),
    ),
    ...describeRanges(plan).flatMap((text, index) => labelled(style, `range ${index + 1}`, text)),
    ...(plan.standIns ?? []).flatMap((standIns) => labelled(style, 'records', describeStandIns(standIns))),
    ...(plan.standInTrial === undefined ? [] : labelled(style, '', describeStandInTrial(plan.standInTrial))),
    ...(plan.untriedStandIns === undefined ? [] : labelled(style, '', describeUntriedStandIns(plan.untriedStandIns))),
    ...(plan.facts ?? []).flatMap((facts) => renderFacts(facts, style)),
    ...(plan.totals ?? []).flatMap((totals) => labelled(style, 'totals', describePlanTotals(totals))),
    ...[...describeEnsemble(plan.estimates?.ensemble), ...describeSums(plan.sums)].flatMap((text) =>
      labelled(style, 'estimate', text),
    ),
    ...labelled(style, 'order', describeOrder(plan)),
    ...labelled(style, 'target', describeTarget(plan)),
    ...labelled(style, 'poison', plan.poison),
    ...labelled(
      style,
      'untouched',
      `${plan.scope === undefined ? '' : 'all other keys, '}the live state and the input; nothing is published`,
    ),
    ...renderFindings(plan.snapshots, style),
    ...(plan.snapshots.length === 0 && renderWeighed(plan, style).length > 0 ? [''] : []),
    ...renderWeighed(plan, style),
    ...paragraph(style, `Worker check: ${describePlannedCheck(plan.workerCheck)}`),
    ...paragraph(style, describeExpected(plan)),
    ...[...describePlannedWrong(plan), ...describeWorstKeys(plan), ...describeActBefore(plan)].flatMap((text) =>
      paragraph(style, text),
    ),
  ];
}

function describeBaseline(part: BaselinePart, isOneOfSeveral: boolean): string {
  const { scope, source, basis, evidence, insteadOf } = part;
  const whose =
    scope.kind === 'keys' ? `${countOf(scope.keys.length, 'key')} from ` : isOneOfSeveral ? 'the rest from ' : '';
  const from =
    source.kind === 'genesis' ? 'the beginning of the log' : `snapshot ${source.id}${describePosition(part)}`;
  const why =
    scope.kind === 'keys' && insteadOf !== undefined
      ? `, ${describeWrongKeys({ ...insteadOf, keys: scope.keys.length, isProven: basis !== 'unproven' })}`
      : '';
  return `${whose}${from}${why}, ${basis}: ${evidence}`;
}

/** Why keys do not begin where all others do. What rests on an unproven state accuses nobody. */
function describeWrongKeys(of: {
  readonly snapshot: string;
  readonly wrong: number;
  readonly keys: number;
  readonly isProven: boolean;
}): string {
  const { snapshot, wrong, keys, isProven } = of;
  const values = wrong === 1 ? 'value' : 'values';
  const are = isProven ? (wrong === 1 ? 'is wrong' : 'are wrong') : `a replay from there contradicts`;
  if (keys === wrong) return `whose ${values} in ${snapshot} ${are}`;
  const joined = `events connect the other ${formatCount(keys - wrong)} with ${wrong === 1 ? 'it' : 'them'}`;
  return `the ${values} of ${formatCount(wrong)} of which in ${snapshot} ${are}; ${joined}`;
}

function describeNotMixed({ older, newer, reason }: NotMixed): string {
  const before = older === null ? 'the beginning of the log' : `snapshot ${older}`;
  return `snapshot ${newer} is not begun at beside ${before}: ${whyNotMixed[reason]}`;
}

const whyNotMixed: Readonly<Record<NotMixed['reason'], string>> = {
  'keys-of-any-partition':
    'the worker does not say that each key stays in one partition, so a lost event may have named any key',
  'nothing-told': 'a replay to it tells of no key',
  'older-is-better': 'fewer values are expected to be wrong without it',
  'too-many-keys': 'more keys would begin at the older one than a plan can name',
};

function describePosition(part: BaselinePart): string {
  const places = part.position.map(({ partition, next }) => `p${partition}@${next}`);
  if (places.length === 0) return '';
  const more = places.length > shownPartitions ? ` and ${places.length - shownPartitions} more` : '';
  return ` (${places.slice(0, shownPartitions).join(' ')}${more})`;
}

function renderFacts(facts: PlanFacts, style: TerminalStyle): string[] {
  const { agreement, use, contradictions } = describeFacts(facts);
  return [
    ...labelled(style, 'facts', `${safeText(facts.records)} ${agreement}; ${use}`),
    ...contradictions.flatMap((text) => labelled(style, '', text)),
  ];
}

/** How far the records of another system agree with what is known, and where their rows go. */
function describeStandIns({ records, rows, agreement, unusable }: PlanStandIns): string {
  const { known, agreeing } = agreement;
  const share =
    known === 0
      ? 'nothing that is known can be compared with it'
      : `agrees with ${formatShare(agreeing, known)} of ${countOf(known, 'known event')}`;
  const others = [
    [rows.alreadyKnown, 'known already'],
    [rows.doubtful, 'doubtful, not used'],
    [rows.beforeBaseline, 'held by the baseline'],
    [rows.outside, 'of no lost event'],
    [rows.repeated, 'said twice'],
    [rows.contradicting, 'contradicting each other'],
    [rows.reversals, 'reversals'],
    [rows.otherTypes, 'of other types'],
  ] as const;
  const rest = others.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  const used =
    unusable === null
      ? `${countOf(rows.used, 'row')} ${rows.used === 1 ? 'stands' : 'stand'} in for lost events`
      : `no row is used: ${unusableRecords[unusable]}`;
  return `${safeText(records)} ${share}; ${used}${rest.length === 0 ? '' : ` (${rest.join(', ')})`}`;
}

const unusableRecords: Readonly<Record<NonNullable<PlanStandIns['unusable']>, string>> = {
  'clock-shifted': 'most of its times are off by whole hours',
  'amounts-in-other-unit': 'most of its amounts are of another unit',
  'order-recorded': 'the order of the events was recorded, and no row has a place in it',
};

function formatShare(part: number, of: number): string {
  // Rounded down: 99.96 % is not all.
  return part === of ? '100 %' : `${(Math.floor((part / of) * 1000) / 10).toFixed(1)} %`;
}

function describeOrder({ order }: Plan): string {
  switch (order.by) {
    case 'time':
      return `by time, then partition, then offset; steps above ${formatDuration(order.maxStepMs)} need confirmation`;
    case 'field':
      return `by the field ${order.path}`;
    case 'recorded':
      return 'as the live service recorded it';
  }
}

function describeTarget({ target, acceptGaps, segments }: Plan): string {
  const gaps = acceptGaps ? '; gaps are accepted' : '';
  switch (target.spec.kind) {
    case 'end':
      return `${endOf(segments)}${gaps}`;
    case 'time':
      return `${formatTime(target.spec.time)} UTC${gaps}`;
    case 'event':
      return `up to and including ${target.spec.event}${gaps}`;
    case 'offsets':
      return `the given offsets${gaps}`;
  }
}

function endOf(segments: readonly PlanSegment[]): string {
  const ofLog = segments.filter(({ as }) => as === 'log' || as === 'archive');
  if (ofLog.some(({ openEnd }) => openEnd === true)) return 'all that anybody tells of: there is no log';
  if (ofLog.every(({ log }) => log === null)) return 'where the live service stood: there is no log';
  return 'the end of the log, as it is now';
}

const findingPaint: Record<SnapshotFinding['finding'], Paint> = {
  proven: 'good',
  declared: 'warn',
  differs: 'bad',
  'order-not-determined': 'warn',
  'not-comparable': 'dim',
  'not-checked': 'dim',
};

function renderFindings(findings: readonly SnapshotFinding[], style: TerminalStyle): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map((finding) => [
    finding.id,
    finding.takenAt === null ? '' : formatTime(finding.takenAt),
    { text: finding.finding, paint: findingPaint[finding.finding] },
    finding.keysCompared === 0
      ? ''
      : `${formatCount(finding.keysCompared - finding.keysDiffering)} of ${formatCount(finding.keysCompared)}`,
    finding.reason,
  ]);
  const columns = [
    { title: 'Snapshot', wrap: true },
    { title: 'Taken', wrap: true },
    { title: 'Finding' },
    { title: 'Keys agree', align: 'right', wrap: true },
    { title: 'Why', wrap: true },
  ] as const;
  return ['', ...table(columns, rows, style), ''];
}

/** What the plan says of its worker: a check that failed is not one that is missing. */
function describePlannedCheck({ checked, failed, reason }: Plan['workerCheck']): string {
  if (checked) return reason;
  return failed === true ? `failed: ${reason}` : `not checked: ${reason}`;
}
