import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flightsBetween } from '../flights/flights-between.js';
import { readFlights } from '../flights/read-flights.js';
import { importFlights } from '../prepare/import-flights.js';
import { playIncident, type PlayedIncident } from '../service/play-incident.js';
import { listDailyDepartures, listDepartures } from './list-departures.js';
import { loseEvents } from './lose-events.js';
import { storyIncident } from './story-incidents.js';
import type { DemoPlace } from '../prepare/demo-place.js';
import { losses } from './story-place.js';

/** The 21st to the 40th of the airports by the number of their flights: 154,927 flights go between them. */
const airports = 'BNA BWI CLE CVG DCA FLL HOU IAD JFK MCI MDW MEM MIA MSY OAK PDX SAN SJC SLC TPA'.split(' ');
/** A long history, four days of error, and two weeks behind them. */
const shares = { snapshots: [0.3, 0.6, 0.85, 0.91, 0.95], outputsKeptFrom: 0.87, errorFrom: 0.9, errorUntil: 0.92 };
/** Partitions whose events of those days are lost where half of the log is. */
const isLostHalf = (partition: number): boolean => partition >= 4;

export interface StoryFacts extends PlayedIncident {
  readonly flights: number;
  readonly believedOnset: string;
  readonly errorMs: number;
  readonly lostDays: { readonly from: string; readonly to: string; readonly truth: ReadonlyMap<string, number> };
  /** What the measures of the worker come to in truth. */
  readonly trueSums: Readonly<Record<string, number>>;
  readonly lost: { readonly half: number; readonly window: number };
}

export interface StoryOptions {
  readonly seed: number;
  /** Only the first so many; all where absent. */
  readonly flights?: number;
}

/** Makes the logs, the lists of other systems, what the service left, and an incident file for each loss. */
export async function prepareStory(place: DemoPlace, { seed, flights }: StoryOptions): Promise<StoryFacts> {
  mkdirSync(place.data, { recursive: true });
  const table = flightsBetween(await readFlights(), airports, flights);
  await importFlights(place, table);
  const played = playIncident(table, { seed, folder: place.data, shares });
  const { errorFrom, errorUntil, believedOnset } = played.moments;
  const at = (name: string) => join(place.data, name);
  const isInWindow = (row: number): boolean => row >= errorFrom && row < errorUntil;
  const lost = {
    half: loseEvents(place.archive, at('half.archive'), (row, partition) => isInWindow(row) && isLostHalf(partition)),
    window: loseEvents(place.archive, at('window.archive'), isInWindow),
  };
  listDepartures(at('departures.csv'), table, Math.floor(table.rows * 0.1));
  const dayOf = (row: number) => new Date(table.flight(row).time).toISOString().slice(0, 10);
  const [firstDay, lastDay] = [dayOf(errorFrom), dayOf(errorUntil)];
  const truth = listDailyDepartures(at('daily.csv'), table, (day) => day >= firstDay && day <= lastDay);
  for (const loss of losses)
    writeFileSync(at(`${loss}.incident.yaml`), storyIncident(loss, place.folder, believedOnset));
  return {
    ...played,
    flights: table.rows,
    believedOnset: new Date(believedOnset).toISOString().slice(0, 16).replace('T', ' '),
    errorMs: table.flight(errorUntil).time - table.flight(errorFrom).time,
    lostDays: { from: firstDay, to: dayBehind(lastDay), truth },
    trueSums: sumsOf(at('truth/state.ndjson')),
    lost,
  };
}

function dayBehind(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

function sumsOf(stateFile: string): Readonly<Record<string, number>> {
  const sums = { 'flights handled': 0, 'flights arrived': 0, 'alerts raised': 0 };
  for (const line of readFileSync(stateFile, 'utf8').split('\n')) {
    if (line === '') continue;
    const { state } = JSON.parse(line) as { readonly state: Readonly<Record<string, number>> };
    sums['flights handled'] += state['departures'] ?? 0;
    sums['flights arrived'] += state['arrivals'] ?? 0;
    sums['alerts raised'] += state['alerts'] ?? 0;
  }
  return sums;
}
