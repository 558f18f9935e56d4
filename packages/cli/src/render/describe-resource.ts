import { describeDamagedRecord, describePartition, type LogDamage } from '@eventmend/core/engine';
import type { Resource } from '@eventmend/core';
import { countOf, formatCount, formatMinute } from '../terminal/format.js';

/** A resource in words. */
export interface ResourceText {
  readonly name: string;
  readonly state: Resource['state'];
  readonly from: string;
  readonly to: string;
  readonly notes: string;
}

export function describeResource(resource: Resource): ResourceText {
  const { state, from, to } = resource;
  const time = (value: number | null): string => (value === null ? '' : formatMinute(value));
  return { name: nameOf(resource), state, from: time(from), to: time(to), notes: notesOf(resource) };
}

const recordNames = { 'recorded-outputs': 'recorded outputs', 'processed-events': 'processed events' } as const;

function nameOf(resource: Resource): string {
  switch (resource.kind) {
    case 'log':
      return `${resource.as === 'archive' ? 'archive' : `log (${resource.format})`} ${resource.location}`;
    case 'unopened-log':
      return resource.as === 'kafka'
        ? `log (kafka) ${resource.locations.join(',')}`
        : `${resource.as} ${resource.locations.join(', ')}`;
    case 'snapshots':
      return `snapshots (${resource.snapshots})`;
    case 'live-state':
    case 'unreadable-live-state':
      return 'live state';
    case 'recorded-outputs':
    case 'processed-events':
      return `${recordNames[resource.kind]} ${resource.location}`;
    case 'unreadable-records':
      return recordNames[resource.of];
  }
}

const orderNotes = {
  handling: 'in the order of handling',
  partition: 'in the order of handling inside of each partition',
  unknown: 'in no known order',
} as const;

function notesOf(resource: Resource): string {
  switch (resource.kind) {
    case 'log':
      return describeLog(resource);
    case 'unopened-log':
    case 'unreadable-records':
      return resource.error.message;
    case 'snapshots':
      return describeSnapshots(resource);
    case 'live-state':
      return `${formatCount(resource.keys)} keys${resource.hasPosition ? '' : ', without a position: not compared'}`;
    case 'unreadable-live-state':
      return resource.reason ?? 'it is not there';
    case 'recorded-outputs':
    case 'processed-events':
      return resource.objection ?? orderNotes[resource.order];
  }
}

const namedDamage = 3;

function describeLog({ events, eventsAtMost, partitions, gaps, damage }: Extract<Resource, { kind: 'log' }>): string {
  const whole = `${eventsAtMost ? 'up to ' : ''}${formatCount(events)} events, ${countOf(partitions, 'partition')}`;
  const missing = gaps.map((gap) =>
    gap.at === 'front'
      ? `${describePartition(gap)}: ${formatCount(gap.offsets)} events before ${gap.offset} are gone`
      : `${describePartition(gap)}: ${formatCount(gap.offsets)} offsets missing from ${gap.offset}`,
  );
  return [whole, ...missing, ...(damage === undefined ? [] : describeDamage(damage))].join('; ');
}

function describeDamage({ records, described }: LogDamage): readonly string[] {
  const shown = described.slice(0, namedDamage);
  const more = records - shown.length;
  return [
    `${countOf(records, 'record')} cannot be read`,
    ...shown.map((record) => describeDamagedRecord(withFileNames(record))),
    ...(more > 0 ? [`and ${formatCount(more)} more`] : []),
  ];
}

type DamagedRecord = LogDamage['described'][number];

/** A cell of a table is narrow: which folder it is stands beside it. */
function withFileNames(record: DamagedRecord): DamagedRecord {
  return { ...record, places: record.places.map((place) => place.replace(/^.*\//, '')) };
}

function describeSnapshots({ findings, damaged }: Extract<Resource, { kind: 'snapshots' }>): string {
  const counts: readonly (readonly [number, string])[] = [
    [findings.proven ?? 0, 'proven'],
    [findings.declared ?? 0, 'declared trusted'],
    [findings.differs ?? 0, 'not reproduced'],
    [findings['order-not-determined'] ?? 0, 'order not determined'],
    [findings['not-comparable'] ?? 0, 'cannot be compared'],
    [findings['not-checked'] ?? 0, 'not checked yet (plan proves them)'],
    [damaged, 'damaged'],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}
