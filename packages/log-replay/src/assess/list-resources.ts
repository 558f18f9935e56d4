import {
  isHarmlessHole,
  type SnapshotFinding,
  type Examination,
  type PreparedInputs,
  type SurveyedLog,
} from '@eventmend/core/engine';
import {
  isRecoveryError,
  type PartitionDescription,
  type ProcessedLedger,
  type RecordedOutputs,
  type Resource,
} from '@eventmend/core';

/** Everything that survived. */
export async function listResources(
  { survey, snapshots, situation }: PreparedInputs,
  examination: Examination,
): Promise<readonly Resource[]> {
  const resources = survey.logs.map(resourceOfLog);
  if (situation.snapshots !== null) resources.push(resourceOfSnapshots(snapshots, examination));
  if (situation.live !== null) resources.push(await resourceOfLive(situation.live));
  const { recordedOutputs, ledger } = situation;
  if (recordedOutputs) resources.push(await resourceOfRecords('recorded-outputs', recordedOutputs));
  if (ledger) resources.push(await resourceOfRecords('processed-events', ledger));
  return resources;
}

type Gap = Extract<Resource, { kind: 'log' }>['gaps'][number];

function resourceOfLog({ as, description }: SurveyedLog): Resource {
  const { kind: format, location, partitions, damage } = description;
  const gaps = partitions.flatMap(gapsIn);
  return {
    kind: 'log',
    as: as === 'archive' ? 'archive' : 'log',
    format,
    location,
    state: gaps.length === 0 && damage === undefined ? 'found' : 'partial',
    from: least(partitions.flatMap(({ firstTime }) => firstTime ?? [])),
    to: greatest(partitions.flatMap(({ lastTime }) => lastTime ?? [])),
    partitions: partitions.length,
    // A log that does not count its events without reading them knows how many there are at most.
    events: partitions.reduce((sum, { events, range }) => sum + (events >= 0 ? events : range.to - range.from), 0),
    eventsAtMost: partitions.some(({ events }) => events < 0),
    gaps,
    ...(damage !== undefined && { damage }),
  };
}

function gapsIn({ topic, partition, range, beginning, holes }: PartitionDescription): readonly Gap[] {
  const front = range.from - beginning;
  const lost = holes.filter((hole) => !isHarmlessHole(hole.reason) && hole.reason !== 'damaged');
  const inside = lost.reduce((sum, hole) => sum + hole.to - hole.from, 0);
  const gaps: Gap[] = [
    { topic, partition, at: 'front', offsets: front, offset: range.from },
    { topic, partition, at: 'inside', offsets: inside, offset: lost[0]?.from ?? 0 },
  ];
  return gaps.filter(({ offsets }) => offsets > 0);
}

function resourceOfSnapshots(
  { candidates, rejected, damaged }: PreparedInputs['snapshots'],
  examination: Examination,
): Resource {
  const snapshots = candidates.length + rejected.length;
  const times = candidates.flatMap(({ description }) => description.takenAt ?? []);
  const findings: Partial<Record<SnapshotFinding['finding'], number>> = {};
  for (const { finding } of examination.findings) findings[finding] = (findings[finding] ?? 0) + 1;
  return {
    kind: 'snapshots',
    state: snapshots === 0 ? 'missing' : damaged.length > 0 ? 'partial' : 'found',
    from: least(times),
    to: greatest(times),
    snapshots,
    findings,
    damaged: damaged.length,
  };
}

async function resourceOfLive(live: NonNullable<PreparedInputs['situation']['live']>): Promise<Resource> {
  const { snapshots, damaged } = await live.list();
  const [described] = snapshots;
  if (described === undefined) {
    const reason = damaged[0]?.reason ?? null;
    return { kind: 'unreadable-live-state', state: 'damaged', from: null, to: null, reason };
  }
  const { keys, position, takenAt } = described;
  return { kind: 'live-state', state: 'found', from: null, to: takenAt, keys, hasPosition: position !== null };
}

/** The records are not counted: that would mean reading all of them. */
async function resourceOfRecords(
  kind: 'recorded-outputs' | 'processed-events',
  records: RecordedOutputs | ProcessedLedger,
): Promise<Resource> {
  try {
    const { location, order, objection = null, from, until } = await records.describe();
    return { kind, state: 'found', from, to: until, location, order, objection };
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    const { code, message } = error;
    const state = ['file-unavailable', 'unreadable-archive'].includes(code) ? 'missing' : 'damaged';
    return { kind: 'unreadable-records', of: kind, state, from: null, to: null, error: { code, message } };
  }
}

function least(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}

function greatest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.max(...times);
}
