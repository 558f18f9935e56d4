import {
  isHarmlessHole,
  isRecoveryError,
  type PartitionDescription,
  type ProcessedLedger,
  type RecordedOutputs,
  type RecordOrder,
  type Resource,
  type SnapshotFinding,
} from '@eventmend/core';
import type { Examination } from '../baseline/examine-snapshots.js';
import type { PreparedSituation } from '../plan/prepare-situation.js';
import type { SurveyedLog } from '../resources/survey-logs.js';

/** Everything that survived, a line each. */
export async function listResources(
  { survey, snapshots, situation }: PreparedSituation,
  examination: Examination,
): Promise<readonly Resource[]> {
  const resources = survey.logs.map(describeLog);
  if (situation.snapshots !== null) resources.push(describeSnapshots(snapshots, examination));
  if (situation.live !== null) resources.push(await describeLive(situation.live));
  if (situation.recordedOutputs) resources.push(await describeRecords('recorded outputs', situation.recordedOutputs));
  if (situation.ledger) resources.push(await describeRecords('processed events', situation.ledger));
  return resources;
}

function describeLog({ as, description }: SurveyedLog): Resource {
  const { partitions } = description;
  const notes: string[] = [];
  for (const partition of partitions) {
    const where = `${partition.topic}[${partition.partition}]`;
    const front = partition.range.from - partition.beginning;
    if (front > 0) notes.push(`${where}: ${count(front)} events before ${partition.range.from} are gone`);
    const lost = partition.holes.filter((hole) => !isHarmlessHole(hole.reason));
    const inside = lost.reduce((sum, hole) => sum + hole.to - hole.from, 0);
    if (inside > 0) notes.push(`${where}: ${count(inside)} offsets missing from ${lost[0]?.from ?? 0}`);
  }
  const whole = `${eventsIn(partitions)}, ${partitions.length} partition${partitions.length === 1 ? '' : 's'}`;
  return {
    name: `${as === 'archive' ? 'archive' : `log (${description.kind})`} ${description.location}`,
    state: notes.length === 0 ? 'found' : 'partial',
    from: time(least(partitions)),
    to: time(greatest(partitions)),
    notes: [whole, ...notes].join('; '),
  };
}

/** A log that does not count its events without reading them knows how many there are at most. */
function eventsIn(partitions: readonly PartitionDescription[]): string {
  const known = partitions.every(({ events }) => events >= 0);
  const most = partitions.reduce((sum, { events, range }) => sum + (events >= 0 ? events : range.to - range.from), 0);
  return `${known ? '' : 'up to '}${count(most)} events`;
}

function describeSnapshots(
  { candidates, rejected, damaged }: PreparedSituation['snapshots'],
  { findings }: Examination,
): Resource {
  const all = candidates.length + rejected.length;
  const times = candidates.flatMap(({ description }) => description.takenAt ?? []);
  const by = (finding: SnapshotFinding['finding']): number => findings.filter((one) => one.finding === finding).length;
  const notes = (
    [
      [by('proven'), 'proven'],
      [by('declared'), 'declared trusted'],
      [by('differs'), 'not reproduced'],
      [by('order-not-determined'), 'order not determined'],
      [by('not-comparable'), 'cannot be compared'],
      [by('not-checked'), 'not checked yet (plan proves them)'],
      [damaged.length, 'damaged'],
    ] as const
  )
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`);
  return {
    name: `snapshots (${all})`,
    state: all === 0 ? 'missing' : damaged.length > 0 ? 'partial' : 'found',
    from: time(times.length === 0 ? null : Math.min(...times)),
    to: time(times.length === 0 ? null : Math.max(...times)),
    notes: notes.join(', '),
  };
}

async function describeLive(live: NonNullable<PreparedSituation['situation']['live']>): Promise<Resource> {
  const { snapshots, damaged } = await live.list();
  const [described] = snapshots;
  if (described === undefined) {
    const reason = damaged[0]?.reason ?? 'it is not there';
    return { name: 'live state', state: 'damaged', from: '', to: '', notes: reason };
  }
  const notes = `${count(described.keys)} keys${described.position === null ? ', without a position: not compared' : ''}`;
  return { name: 'live state', state: 'found', from: '', to: time(described.takenAt), notes };
}

const orderNotes: Readonly<Record<RecordOrder, string>> = {
  handling: 'in the order of handling',
  partition: 'in the order of handling inside of each partition',
  unknown: 'in no known order',
};

/** The records are not counted: that would mean reading all of them. */
async function describeRecords(kind: string, records: RecordedOutputs | ProcessedLedger): Promise<Resource> {
  try {
    const { location, order, objection, from, until } = await records.describe();
    return {
      name: `${kind} ${location}`,
      state: 'found',
      from: time(from),
      to: time(until),
      notes: objection ?? orderNotes[order],
    };
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    const state = ['EM1003', 'EM2001'].includes(error.code) ? 'missing' : 'damaged';
    return { name: kind, state, from: '', to: '', notes: error.message };
  }
}

function least(partitions: readonly PartitionDescription[]): number | null {
  const times = partitions.flatMap(({ firstTime }) => firstTime ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

function greatest(partitions: readonly PartitionDescription[]): number | null {
  const times = partitions.flatMap(({ lastTime }) => lastTime ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

function time(value: number | null): string {
  if (value === null || !Number.isFinite(value) || Math.abs(value) > 8.64e15) return '';
  return new Date(value).toISOString().slice(0, 16).replace('T', ' ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
