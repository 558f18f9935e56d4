import { RecoveryError, type LongWork, type PartitionId, type Plan } from '@eventmend/core';
import {
  endsOf,
  findStandIns,
  isLogless,
  isOrderCertain,
  segmentsBeside,
  typesOfLogs,
  writeStandIns,
  type BaselineCandidate,
  type PageWatcher,
  type PlanSegment,
  type PlanStandIns,
  type PreparedInputs,
  type ReplayGap,
  type ResolvedTarget,
  type StandIn,
  type StandIns,
  type StandInRange,
  type StandInSource,
} from '@eventmend/core/engine';

/** What stands in for lost events, as a plan has it. */
export interface PlannedStandIns {
  readonly standIns: readonly PlanStandIns[];
  readonly segments: readonly PlanSegment[];
  readonly logs: Plan['logs'];
  readonly ends: Plan['logEnd'];
  /** The rows that are used, in the order of their logs. */
  readonly used: readonly PlacedStandIn[];
  /** While all sources whose rows are used speak; null where there is no such time. */
  readonly period: { readonly from: number; readonly until: number } | null;
  readonly coverage: Coverage;
  /** How far a row that stands in may be from the time of its event, in milliseconds. */
  readonly slack: number;
}

/** A row that is used, and where it stands among the events of the plan. */
export interface PlacedStandIn extends PartitionId, Pick<StandIn, 'row' | 'keys'> {
  readonly records: string;
  readonly offset: number;
}

/** The part of the logs between a baseline and a target, whose holes are to be filled. */
export function rangeBetween(
  baseline: Pick<BaselineCandidate, 'snapshot' | 'position' | 'isWithinLoss'>,
  target: Pick<ResolvedTarget, 'position' | 'time'>,
): StandInRange {
  return {
    from: baseline.position,
    to: target.position,
    fromTime: baseline.snapshot?.takenAt ?? null,
    toTime: target.time,
    ...(baseline.isWithinLoss && { beginsWithinLoss: true }),
  };
}

/**
 * Takes from the records of other systems what can stand in for the events of the gaps, and writes it into the store.
 * @param onPage sees what is read of the logs
 * @throws RecoveryError `invalid-field` for a row that the order cannot place; what reading the records throws
 */
export async function planStandIns(
  prepared: PreparedInputs,
  range: StandInRange,
  gaps: readonly ReplayGap[],
  work: LongWork,
  onPage?: PageWatcher,
): Promise<PlannedStandIns> {
  const { situation, survey } = prepared;
  const lost = offsetsIn(gaps);
  const none: PlannedStandIns = {
    standIns: [],
    segments: [],
    logs: [],
    ends: [],
    used: [],
    period: null,
    coverage: { uncovered: lost, isWhole: false },
    slack: 0,
  };
  if (lost === 0 || (situation.records ?? []).every(({ event }) => event === null)) return none;
  const found = await findStandIns(prepared, range, work, onPage);
  const isPlaceless = situation.order.by === 'recorded';
  const usable = isPlaceless ? [] : found.standIns;
  if (situation.order.by === 'field') requireOrder(usable, situation.order.path);
  const planned: {
    standIns: PlanStandIns[];
    segments: PlanSegment[];
    logs: Plan['logs'][number][];
    ends: Plan['logEnd'][number][];
    used: PlacedStandIn[];
  } = { standIns: [], segments: [], logs: [], ends: [], used: [] };
  for (const [place, source] of found.perSource.entries()) {
    const own = usable.filter((standIn) => standIn.source === source.name);
    const log = own.length === 0 ? null : survey.logs.length + planned.logs.length;
    planned.standIns.push(standInsOf(source, log, isPlaceless));
    if (log === null) continue;
    const ordered = inOrder(own, situation.order);
    const { kind, location, fingerprint, partitions } = await writeStandIns(
      situation.store,
      `records:${source.name}`,
      ordered,
      survey,
      place,
    );
    planned.logs.push({ kind, location, fingerprint });
    planned.segments.push(...segmentsBeside(partitions, log, 'external'));
    planned.ends.push(...endsOf(partitions));
    planned.used.push(...placesOf(ordered, partitions));
  }
  const slack = Math.max(
    0,
    ...found.perSource.map(({ lateness: { earlier, later }, disorder }) => Math.max(earlier, later) + disorder),
  );
  return { ...planned, period: commonPeriod(found), coverage: await coverageOf(prepared, found, usable, gaps), slack };
}

/** Where the rows of one source stand in their log: each topic has one partition there. */
function placesOf(ordered: readonly StandIn[], partitions: readonly PartitionId[]): readonly PlacedStandIn[] {
  const next = new Map<string, number>();
  return ordered.flatMap(({ topic, source: records, row, keys }) => {
    const of = partitions.find((partition) => partition.topic === topic);
    if (of === undefined) return [];
    const offset = next.get(topic) ?? 0;
    next.set(topic, offset + 1);
    const { source, incarnation, partition } = of;
    return [{ source, topic, incarnation, partition, offset, records, row, keys }];
  });
}

function commonPeriod({ perSource }: StandIns): PlannedStandIns['period'] {
  const periods = perSource.flatMap(({ rows, agreement: { period } }) =>
    rows.used === 0 || period === null ? [] : [period],
  );
  const from = Math.max(...periods.map((period) => period.from));
  const until = Math.min(...periods.map((period) => period.until));
  return periods.length > 0 && from <= until ? { from, until } : null;
}

function standInsOf(
  { name, rows, agreement, completeFor, distrusted }: StandInSource,
  log: number | null,
  isPlaceless: boolean,
): PlanStandIns {
  const { known, matched, differing } = agreement;
  return {
    records: name,
    log,
    rows,
    agreement: { known, agreeing: matched - differing },
    completeFor,
    unusable: distrusted ?? (isPlaceless ? 'order-recorded' : null),
  };
}

/** Under an order by time rows stay in the order of their times; under a field in that of its values. */
function inOrder(standIns: readonly StandIn[], order: PreparedInputs['situation']['order']): readonly StandIn[] {
  if (order.by !== 'field') return standIns;
  const valueOf = new Map(standIns.map((standIn) => [standIn, orderOf(standIn, order.path)]));
  return [...standIns].sort((a, b) => (valueOf.get(a) ?? 0) - (valueOf.get(b) ?? 0) || a.row - b.row);
}

/** An explicit order must be able to order: there is no place for a row without its field. */
function requireOrder(standIns: readonly StandIn[], path: string): void {
  const without = standIns.find((standIn) => !Number.isFinite(orderOf(standIn, path)));
  if (without === undefined) return;
  throw new RecoveryError(
    'invalid-field',
    `row ${without.row} of the records ${without.source} has no number at ${path}, by which the events are ordered`,
    { hint: `map a column to ${path} in records.event.value, or order the events by time` },
  );
}

function orderOf({ value }: StandIn, path: string): number {
  let found: unknown = JSON.parse(value);
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return NaN;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return typeof found === 'number'
    ? found
    : typeof found === 'string' && /^-?\d{1,15}$/.test(found)
      ? Number(found)
      : NaN;
}

interface Coverage {
  /** Lost events that nothing stands in for: so many at most, where nothing tells. */
  readonly uncovered: number;
  /** The records are said to have all of them, and nothing contradicts that. */
  readonly isWhole: boolean;
}

/**
 * Where the records say that they have every event of all types that there are, what they lack of the lost ones is what they
 * lack of the known ones. Else every offset that nothing stands in for may have held an event. A topic is whole only where as
 * many rows stand in as offsets are lost: an event of a type that no known one has leaves no other trace, and neither does a
 * row too many.
 */
async function coverageOf(
  prepared: PreparedInputs,
  found: StandIns,
  usable: readonly StandIn[],
  gaps: readonly ReplayGap[],
): Promise<Coverage> {
  const { perSource, leftOut } = found;
  const topics = [...new Set(gaps.map(({ topic }) => topic))].map((topic) => {
    const ofTopic = gaps.filter((gap) => gap.topic === topic);
    return {
      topic,
      lost: offsetsIn(ofTopic),
      isCounted: ofTopic.every(({ openEnd }) => openEnd !== true),
      used: usable.filter((standIn) => standIn.topic === topic).length,
    };
  });
  const unreplaced = topics.reduce(
    // A row too many is no lost event, and nobody knows which one it is.
    (sum, { lost, used, isCounted }) => sum + (used > lost ? (isCounted ? lost : 0) : lost - used),
    0,
  );
  const atMost: Coverage = { uncovered: unreplaced, isWhole: false };
  if (usable.length === 0) return atMost;
  if (isLogless(prepared.survey)) return { ...atMost, isWhole: await isSaidToBeAll(prepared, topics, found, usable) };
  const types = await typesOfLogs(prepared, new Set(topics.map(({ topic }) => topic)));
  const isComplete = topics.every(({ topic }) => {
    const ofTopic = types?.get(topic) ?? new Set();
    const complete = new Set(
      perSource.flatMap((source) => (source.topic === topic && source.spansLost ? source.completeFor : [])),
    );
    return ofTopic.size > 0 && [...ofTopic].every((type) => complete.has(type));
  });
  if (!isComplete) return atMost;
  let lacking = 0;
  for (const { rows, agreement } of perSource) {
    const agreeing = agreement.matched - agreement.differing;
    if (agreement.known === 0 || agreeing === 0) return atMost;
    lacking += rows.used * (agreement.known / agreeing - 1) + rows.doubtful + rows.contradicting;
  }
  const uncovered = Math.min(atMost.uncovered, Math.ceil(lacking));
  const isDoubted = leftOut.length > 0 || perSource.some(({ unplaced, perhapsBehind }) => unplaced + perhapsBehind > 0);
  const isCounted = topics.every(({ lost, used }) => lost === used);
  const isSaid = lacking === 0 && !isDoubted && isCounted;
  return { uncovered, isWhole: isSaid && (await isOrderCertain(prepared, { standIns: usable, perSource })) };
}

interface LostTopic {
  readonly topic: string;
  readonly lost: number;
  /** Somebody knows how many events it lost. */
  readonly isCounted: boolean;
  readonly used: number;
}

/**
 * Without a log nothing can be compared: then it is the word of the user that counts, where a source says that its rows are the
 * events of its topic, and nothing else; and where nothing contradicts it.
 */
async function isSaidToBeAll(
  prepared: PreparedInputs,
  topics: readonly LostTopic[],
  { perSource, leftOut }: StandIns,
  usable: readonly StandIn[],
): Promise<boolean> {
  const isSaid = topics.every(
    ({ topic, lost, isCounted, used }) =>
      (!isCounted || lost === used) &&
      // A second source of the same topic contradicts one that has all of it.
      perSource.filter((source) => source.topic === topic).length === 1 &&
      perSource.some((source) => source.topic === topic && source.hasEveryEvent && source.spansLost),
  );
  const isDoubted =
    leftOut.length > 0 || perSource.some(({ unplaced, rows }) => unplaced + rows.doubtful + rows.contradicting > 0);
  return isSaid && !isDoubted && (await isOrderCertain(prepared, { standIns: usable, perSource }));
}

function offsetsIn(gaps: readonly ReplayGap[]): number {
  return gaps.reduce((sum, { from, to }) => sum + to - from, 0);
}
