import { RecoveryError } from '@eventmend/core';
import { calendarMark } from './calendar-marks.js';
import { counterIncrements } from './counter-increments.js';
import { continueEdges, slotEdges, slotStart, type GridStep } from './grid.js';
import { requireZone } from './require-zone.js';
import type { Measure, Series, SeriesCalendar } from './series.js';
import { seasonOfStep, slotPhase } from './slot-phase.js';

/** A number at a moment. */
export interface Observation {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: number;
}

export interface SeriesSettings {
  readonly step: GridStep;
  readonly measure: Measure;
  /** UTC by default. */
  readonly zone?: string;
  /**
   * What a row is. `slots` (the default): the value of a slot, so that a slot without a row is missing and two rows for one are
   * an error. `events`: one of many, added up (or for a `count`, counted); a slot without any is zero, between the first and
   * the last; these two may hold a part of their events only, and are missing unless `complete` says otherwise.
   */
  readonly rows?: 'slots' | 'events';
  /** Where it is known that no event is missing: from and to, in milliseconds since 1970. */
  readonly complete?: { readonly from?: number; readonly to?: number };
  /** Slots after which the pattern repeats, where it is not that of the step; 1 for none. */
  readonly season?: number;
  /** Local dates, `YYYY-MM-DD`. */
  readonly holidays?: Iterable<string>;
  /** No value can be below zero. Counts and counters never can; of the others it is taken to be so if no value is. */
  readonly isNonNegative?: boolean;
}

const largest = 2 ** 53;

/**
 * Puts observations on a regular grid. They may come in any order.
 * @throws RecoveryError `invalid-argument` for a zone or a season that is none; `unusable-series` for no observations, for a
 *   time or a value that is no finite number, for two rows of one slot, a count or counter below zero, and for a sum beyond
 *   2^53, which loses digits
 */
export function regularSeries(observations: Iterable<Observation>, settings: SeriesSettings): Series {
  const { step, measure, zone = 'UTC', rows = 'slots' } = settings;
  const calendar = calendarOf(settings, zone);
  const sorted = [...observations].sort((a, b) => a.time - b.time);
  const bad = sorted.find(({ time, value }) => !Number.isFinite(time) || !Number.isFinite(value));
  if (bad !== undefined) throw unusable('a time or a value is no finite number', bad);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) throw unusable('there are no observations');
  const begin = rows === 'events' ? Math.min(first.time, settings.complete?.from ?? first.time) : first.time;
  const end = rows === 'events' ? Math.max(last.time + 1, settings.complete?.to ?? 0) : last.time + 1;
  const edges = Float64Array.from(slotEdges(begin, end, step, zone));
  const gathered = gather(sorted, edges, settings, rows);
  if (rows === 'events') hidePartialEnds(gathered, edges, settings);
  const { values, resets } =
    measure === 'counter'
      ? counterIncrements({ readings: gathered, before: countedBeforeResets(sorted, edges) })
      : { values: gathered, resets: [] };
  return {
    ...{ step, zone, measure, edges, values, resets, calendar },
    ...placesOf(edges, step, zone, calendar),
    isNonNegative: settings.isNonNegative ?? values.every((value) => !(value < 0)),
  };
}

/** The same series on a grid that reaches to `to`; what is new is missing. */
export function extendSeries(series: Series, to: number): Series {
  const { step, zone, calendar } = series;
  if (series.edges.at(-1)! >= to) return series;
  const edges = Float64Array.from(continueEdges(series.edges, to, step, zone));
  const values = new Float64Array(edges.length - 1).fill(NaN);
  values.set(series.values);
  return { ...series, edges, values, ...placesOf(edges, step, zone, calendar, series) };
}

/**
 * Several series on the grid that holds all of them and reaches to `to`; what is new is missing.
 * @throws RecoveryError `invalid-argument` where their steps, zones, measures or seasons differ
 */
export function sameGrid(seriesByKey: ReadonlyMap<string, Series>, to: number): ReadonlyMap<string, Series> {
  const all = [...seriesByKey.values()];
  const kinds = new Set(all.map(({ step, zone, measure, season }) => `${step} ${zone} ${measure} ${season}`));
  if (kinds.size > 1) {
    throw new RecoveryError('invalid-argument', 'the series of several keys have different steps, zones or measures', {
      hint: 'make all of them with the same settings',
    });
  }
  const begin = Math.min(...all.map(({ edges }) => edges[0]!));
  const end = Math.max(to, ...all.map(({ edges }) => edges.at(-1)!));
  return new Map(
    [...seriesByKey].map(([key, series]) => {
      const { step, zone, calendar } = series;
      const edges = Float64Array.from(slotEdges(begin, end, step, zone));
      const values = new Float64Array(edges.length - 1).fill(NaN);
      const shift = edges.indexOf(series.edges[0]!);
      values.set(series.values, shift);
      const resets = series.resets.map((slot) => slot + shift);
      return [key, { ...series, edges, values, resets, ...placesOf(edges, step, zone, calendar) }];
    }),
  );
}

/** @param known the first of them, where they are known */
function placesOf(
  edges: Float64Array,
  step: GridStep,
  zone: string,
  { season, holidays }: SeriesCalendar,
  known: Pick<Series, 'marks' | 'phases'> = { marks: [], phases: new Uint16Array(0) },
) {
  const begin = known.marks.length;
  const added = Array.from(edges.subarray(begin, -1), (start) => calendarMark(start, zone, holidays));
  const phases = new Uint16Array(edges.length - 1);
  phases.set(known.phases);
  added.forEach((mark, at) => (phases[begin + at] = slotPhase(mark, begin + at, step, season)));
  return { marks: [...known.marks, ...added], phases, season: season ?? seasonOfStep[step] };
}

function gather(
  sorted: readonly Observation[],
  edges: Float64Array,
  { step, measure, zone = 'UTC' }: SeriesSettings,
  rows: 'slots' | 'events',
): Float64Array {
  const values = new Float64Array(edges.length - 1).fill(NaN);
  const adds = rows === 'events' && (measure === 'count' || measure === 'sum');
  if (adds) values.fill(0);
  let slot = 0;
  for (const observation of sorted) {
    const { time, value } = observation;
    while (edges[slot + 1]! <= time) slot++;
    if (value < 0 && (measure === 'count' || measure === 'counter'))
      throw unusable(`a ${measure} is negative`, observation);
    if (rows === 'slots' && measure !== 'counter' && !Number.isNaN(values[slot]!)) {
      throw unusable(
        `two rows stand for the ${step} of ${new Date(slotStart(time, step, zone)).toISOString()}`,
        observation,
        {
          hint: 'if each row is one event, say so (rows: events): they are then added up',
        },
      );
    }
    values[slot] = adds ? values[slot]! + (measure === 'count' ? 1 : value) : value;
    if (!(Math.abs(values[slot]!) <= largest)) {
      throw unusable('a value, or a sum of values, is beyond 2^53 and would lose digits', observation, {
        hint: 'give amounts in a larger unit',
      });
    }
  }
  return values;
}

/** By slot of a counter, what it had counted when it began anew: each reading in the slot that is below the one before it. */
function countedBeforeResets(sorted: readonly Observation[], edges: Float64Array): Float64Array {
  const counted = new Float64Array(edges.length - 1);
  let slot = 0;
  let last = 0;
  for (const { time, value } of sorted) {
    while (edges[slot + 1]! <= time) slot++;
    if (value < last) counted[slot]! += last;
    last = value;
  }
  return counted;
}

/** The first and the last slot with events, where nobody says that they are whole. */
function hidePartialEnds(values: Float64Array, edges: Float64Array, { complete = {} }: SeriesSettings): void {
  const { from = NaN, to = NaN } = complete;
  if (!(from <= edges[0]!)) values[0] = NaN;
  if (!(to >= edges.at(-1)!)) values[values.length - 1] = NaN;
  for (let slot = 0; slot < values.length; slot++) if (edges[slot]! < from || edges[slot + 1]! > to) values[slot] = NaN;
}

function calendarOf({ season, holidays = [] }: SeriesSettings, zone: string): SeriesCalendar {
  requireZone(zone);
  if (season !== undefined && !(Number.isInteger(season) && season >= 1 && season <= 10_000)) {
    throw new RecoveryError('invalid-argument', `a season of ${season} slots is none`, {
      hint: 'give a whole number of slots, 1 for no season',
    });
  }
  return { season: season ?? null, holidays: new Set(holidays) };
}

function unusable(
  message: string,
  observation?: Observation,
  { hint }: { readonly hint?: string } = {},
): RecoveryError {
  const time = observation?.time ?? NaN;
  const at = Number.isFinite(time) && Math.abs(time) < 8.64e15 ? ` (${new Date(time).toISOString()})` : '';
  return new RecoveryError('unusable-series', `${message}${at}`, {
    hint: hint ?? 'correct the rows, or leave them out',
    details: { ...(Number.isFinite(time) && { time }) },
  });
}
