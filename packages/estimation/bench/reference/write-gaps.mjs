// Writes the seeded gaps of `npm run bench:estimation` for other programs: node bench/reference/write-gaps.mjs FOLDER [--seed N] [--airports N]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hourlyDepartures } from '../flight-series.mjs';
import { chooseAirports, observationsOf, trialGaps } from '../trial-gaps.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    airports: { type: 'string', default: '36' },
    'per-airport': { type: 'string', default: '1' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('name a folder');
mkdirSync(folder, { recursive: true });

const flights = await hourlyDepartures();
const airports = chooseAirports(flights.counts, Number(options.airports));
const trials = trialGaps({
  airports,
  hours: flights.hours,
  seed: Number(options.seed),
  perAirport: Number(options['per-airport']),
});
for (const step of ['hour', 'day']) {
  const whole = { step, side: 'middle', from: 0 };
  const columns = airports.map((airport) => observationsOf(whole, flights, airport).all.map(({ value }) => value));
  const rows = columns[0].map((_, slot) => columns.map((column) => column[slot]).join(','));
  writeFileSync(join(folder, `${step}.csv`), `${[airports.join(','), ...rows].join('\n')}\n`);
}
// One gap of every kind after the other, so that a run that is stopped early has some of each.
const kinds = Map.groupBy?.(trials, ({ step, side, hours }) => `${step} ${side} ${hours}`) ?? groupByKind();
function groupByKind() {
  const groups = new Map();
  for (const trial of trials) {
    const name = `${trial.step} ${trial.side} ${trial.hours}`;
    groups.set(name, [...(groups.get(name) ?? []), trial]);
  }
  return groups;
}
const most = Math.max(...[...kinds.values()].map((of) => of.length));
const ordered = Array.from({ length: most }, (_, at) => [...kinds.values()].flatMap((of) => of[at] ?? [])).flat();
const lines = ordered.map(({ airport, step, side, hours, from, to }, id) =>
  [id, airport, step, side, hours, from, to].join(','),
);
writeFileSync(join(folder, 'gaps.csv'), `${['id,airport,step,side,hours,from,to', ...lines].join('\n')}\n`);
console.log(`${lines.length} gaps of ${airports.length} airports`);
