import type {
  BaselinePart,
  NotMixed,
  PlanFacts,
  PlanSegment,
  PlanStandIns,
  SnapshotFinding,
} from '@eventmend/core/engine';
import type { Plan } from '@eventmend/core';
import { describeSums } from './describe-sums.js';
import { formatMeasure } from './format-measure.js';
import { describeExpectedWrong } from './describe-expected-wrong.js';
import { describeFacts, describePlanTotals } from './describe-facts.js';
import { renderChosen, renderWeighed } from './render-choice.js';
import { describePlanScope } from './render-scope.js';
import { countOf, formatBytes, formatCount, formatDuration, formatTime, shortDigest } from '../terminal/format.js';
import { labelled, paragraph } from '../terminal/labelled.js';
import { paint, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';

const shownPartitions = 4;

/** What would happen, before it happens. */
export function renderPlan(plan: Plan, style: TerminalStyle): string[] {
  const { worker } = plan;
  return [
    `${paint(style, 'strong', `Plan ${plan.id.slice(0, 8)}`)}  ${plan.strategy}, ${countOf(partitionsOf(plan.segments.filter(({ as }) => as === 'log' || as === 'archive')), 'partition')}`,
    ...renderChosen(plan, style),
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
    ...paragraph(style, expected(plan)),
    ...[...expectedWrong(plan), ...describeActBefore(plan)].flatMap((text) => paragraph(style, text)),
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

/** One line for each log and kind of range, not one for each of perhaps hundreds of partitions; gaps are named. */
function describeRanges(plan: Plan): string[] {
  const groups = new Map<string, [PlanSegment, ...PlanSegment[]]>();
  for (const segment of plan.segments) {
    const key = JSON.stringify([
      segment.log,
      segment.as,
      segment.fidelity,
      segment.damaged ?? false,
      segment.declared ?? '',
      segment.stoodIn ?? false,
      segment.scope.kind,
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [segment]);
    else group.push(segment);
  }
  return [...groups.values()].map((segments) => {
    const [{ scope, log, as, fidelity, damaged, declared, stoodIn }] = segments;
    const offsets = offsetsOf(segments);
    if (declared !== undefined) {
      return `declared to hold no event: ${namedRanges(segments)} (${countOf(offsets, 'offset')}): ${declared}`;
    }
    if (log === null) {
      const others = stoodIn === true ? ', but other systems are said to have all of it' : '';
      return `held by nothing${others}: ${namedRanges(segments)} (${countOfOffsets(segments)}), ${fidelity}`;
    }
    if (damaged === true) {
      return `${as}  cannot be read: ${namedRanges(segments)} (${countOf(offsets, 'offset')}), ${fidelity}`;
    }
    // Not every offset holds an event: markers of transactions, and what compaction took, have offsets too.
    if (as === 'estimate') return `${as}  ${countOf(offsets, 'estimated event')}, ${fidelity}`;
    if (as === 'fact') return `${as}  ${countOf(offsets, 'state')} that other systems tell, ${fidelity}`;
    if (as === 'external') {
      const rows = offsetsOf(segments);
      return `${as}  ${countOf(rows, 'row')} of other systems in the place of lost events, ${fidelity}`;
    }
    const whose = scope.kind === 'keys' ? `, those of ${countOf(scope.keys.length, 'key')} only` : '';
    return `${as}  up to ${countOf(offsets, 'event')} of ${countOf(partitionsOf(segments), 'partition')}${whose}, ${fidelity}`;
  });
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

/** What the measures come to by all that was drawn; the run itself holds one possibility. */
function describeEnsemble(ensemble: NonNullable<Plan['estimates']>['ensemble']): string[] {
  if (ensemble === undefined) return [];
  const { members, donors, seed, sums } = ensemble;
  const drawn = `${countOf(members, 'possibility', 'possibilities')} from ${countOf(donors, 'stretch', 'stretches')} of the history (seed ${seed}); the run holds one of them`;
  return [
    ...sums.map(({ measure, estimate, level, low, high }) => {
      const [about, from, to] = [estimate, low, high].map((value) => formatMeasure(value, high - low));
      return `${safeText(measure)} over all keys ${about}, ${Math.round(level * 100)} %: ${from} to ${to}`;
    }),
    drawn,
  ];
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

/** Offsets that nobody holds. */
function countOfOffsets(segments: readonly PlanSegment[]): string {
  const openEnds = segments.filter(({ openEnd }) => openEnd === true).length;
  if (openEnds === 0) return countOf(offsetsOf(segments), 'offset');
  const known = offsetsOf(segments) - openEnds;
  return known === 0 ? 'nobody knows how many' : `${countOf(known, 'offset')}, and nobody knows how many more`;
}

function offsetsOf(segments: readonly PlanSegment[]): number {
  return segments.reduce((sum, { from, to }) => sum + Number(to) - Number(from), 0);
}

/** A partition may have several ranges, with a gap between them. */
function partitionsOf(segments: readonly PlanSegment[]): number {
  return new Set(
    segments.map(({ source, topic, incarnation, partition }) =>
      JSON.stringify([source, topic, incarnation, partition]),
    ),
  ).size;
}

function namedRanges(segments: readonly PlanSegment[]): string {
  const named = segments
    .slice(0, shownPartitions)
    .map(({ topic, partition, from, to, openEnd }) =>
      openEnd === true ? `${topic}[${partition}] from ${from} on` : `${topic}[${partition}] ${from}-${Number(to) - 1}`,
    );
  return named.join(', ') + (segments.length > named.length ? ` and ${segments.length - named.length} more` : '');
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

function expected(plan: Plan): string {
  const { loss, events } = plan.expected;
  const lost = loss.events === 0 ? 'no loss' : `loss: ${loss.description || countOf(loss.events ?? 0, 'event')}`;
  return `Expected: up to ${countOf(events, 'event')}, ${describeTime(plan)}, ${lost}`;
}

function describeTime({ measured }: Plan): string {
  const { durationMs, eventsPerSecond, fastestMs, slowestMs, runs, diskBytes, memoryBytes } = measured;
  if (durationMs === null) return 'time not measured yet';
  const rate = eventsPerSecond === null ? '' : `${formatCount(Math.round(eventsPerSecond))}/s`;
  const spread =
    fastestMs === undefined || slowestMs === undefined || runs === undefined
      ? ''
      : `, ${formatDuration(fastestMs)} to ${formatDuration(slowestMs)} by the last ${countOf(runs, 'run')}`;
  const needed = [
    ...(diskBytes === undefined ? [] : [`${formatBytes(diskBytes)} of disk`]),
    ...(memoryBytes === undefined ? [] : [`${formatBytes(memoryBytes)} of memory at most in the last runs`]),
  ];
  const time = `${formatDuration(durationMs)}${rate === '' ? '' : ` (measured: ${rate}${spread})`}`;
  return [time, ...needed].join(', ');
}

function describeActBefore({ measured: { actBefore } }: Plan): string[] {
  if (actBefore === undefined) return [];
  return [`Act before ${formatTime(actBefore)} UTC: from then on the log deletes events that no archive has.`];
}

function expectedWrong({ liveCandidate }: Plan): string[] {
  const wrong = liveCandidate?.expectedWrong;
  if (wrong === undefined) return [];
  const unknown = wrong.live === null ? '; how often the service was wrong is not known' : '';
  return [
    `Expected to be wrong, of ${countOf(wrong.reached, 'key')} that lost events may have named: ${describeExpectedWrong(wrong)}${unknown}`,
  ];
}

/** Offsets that nobody holds and that the plan goes on without. */
export function plannedGaps(plan: Plan): number {
  return offsetsOf(plan.segments.filter(({ log, declared }) => log === null && declared === undefined));
}

/** What the plan says of its worker: a check that failed is not one that is missing. */
function describePlannedCheck({ checked, failed, reason }: Plan['workerCheck']): string {
  if (checked) return reason;
  return failed === true ? `failed: ${reason}` : `not checked: ${reason}`;
}
