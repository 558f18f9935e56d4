import { RecoveryError } from '@eventmend/core';
import type { Gap } from '../estimate.js';
import { detectStep } from '../series/detect-step.js';
import type { GridStep } from '../series/grid.js';
import { regularSeries, type SeriesSettings } from '../series/regular-series.js';
import { requireZone } from '../series/require-zone.js';
import type { Series } from '../series/series.js';
import type { ObservedTable } from './read-table.js';

export interface TableSeriesSettings extends Omit<SeriesSettings, 'step' | 'complete'> {
  /** Found from the times by default, where a row is a slot; a day where it is an event. */
  readonly step?: GridStep;
  /** Up to when the table has every row where rows are events; by default to its last one, or to the gap if nothing lies behind it. */
  readonly completeTo?: number;
}

/**
 * The series of a table, one for each key. Where rows are events, all keys are taken to be complete from the first row of the
 * table to its last, or to the gap if nothing lies behind it.
 * @throws RecoveryError `unusable-series` for no rows, for times that fit no step, and for what no series can be made of;
 *   `invalid-argument` for a zone or a season that is none
 */
export function seriesOfTable(
  { byKey }: ObservedTable,
  gap: Gap,
  { step: wanted, completeTo, ...settings }: TableSeriesSettings,
): ReadonlyMap<string, Series> {
  const { zone = 'UTC', rows = 'slots' } = settings;
  requireZone(zone);
  if (byKey.size === 0) {
    throw new RecoveryError('unusable-series', 'there are no rows with a time and a value', {
      hint: 'name a table that holds the history',
    });
  }
  if (rows === 'slots') {
    const step = wanted ?? stepOf(byKey, zone);
    return new Map([...byKey].map(([key, observations]) => [key, regularSeries(observations, { ...settings, step })]));
  }
  let [first, last] = [Infinity, -Infinity];
  for (const observations of byKey.values()) {
    for (const { time } of observations) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  // The first and the last slot may be cut: the table begins and ends somewhere in them.
  const complete = { from: first, to: completeTo ?? (last < gap.to ? Math.max(last, gap.from) : last) };
  const step = wanted ?? 'day';
  return new Map(
    [...byKey].map(([key, observations]) => [key, regularSeries(observations, { ...settings, step, complete })]),
  );
}

function stepOf(byKey: ObservedTable['byKey'], zone: string): GridStep {
  const longest = [...byKey.values()].reduce((most, of) => (of.length > most.length ? of : most));
  const step = detectStep(
    longest.map(({ time }) => time),
    zone,
  );
  if (step !== null) return step;
  throw new RecoveryError('unusable-series', 'several rows stand for the same hour', {
    hint: 'if each row is one event, say so (rows: events): they are then added up; otherwise leave the repeated ones out',
  });
}
