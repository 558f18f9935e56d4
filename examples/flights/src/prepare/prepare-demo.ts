import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlightTable } from '../flights/flight-table.js';
import { readFlights } from '../flights/read-flights.js';
import { playIncident } from '../service/play-incident.js';
import { exampleFolder, type DemoPlace } from './demo-place.js';
import { importFlights } from './import-flights.js';
import { incidentFile } from './incident-file.js';
import { forgetParts, readRecord, recipes, recordPart, type Part } from './preparation-record.js';

export interface PrepareOptions {
  /** The first so many flights; all 3,000,000 by default. */
  readonly rows?: number;
  readonly seed?: number;
  /** Leaves the archive out, for those who bring their own. */
  readonly archive?: boolean;
  /** Says what was done, or found done. */
  readonly tell?: (line: string) => void;
}

export const allRows = 3_000_000;
export const defaultSeed = 2001;

/**
 * Makes what is missing of the demo: the archive of the log, and the files that the service of 2001 left behind. What is
 * there and was made in the same way is used again; what was made otherwise is removed, runs included.
 * @throws EventmendFailure when the import fails.
 */
export async function prepareDemo(
  place: DemoPlace,
  options: PrepareOptions = {},
): Promise<{ readonly reused: boolean }> {
  const { rows = allRows, seed = defaultSeed, tell = () => undefined } = options;
  if (rows !== allRows && place.folder === exampleFolder)
    throw new Error('a smaller demo needs a folder of its own: --data FOLDER');
  const recipe = recipes(rows, seed);
  const found = readRecord(place);
  const wanted: readonly Part[] = options.archive === false ? ['service'] : ['archive', 'service'];
  const foreign = wanted.some((part) => (found[`${part} begun`] ?? recipe[part]) !== recipe[part]);
  if (foreign) removeWhatWasMade(place, tell);
  mkdirSync(place.data, { recursive: true });

  let table: FlightTable | null = null;
  const flights = async () => (table ??= await readFlights(rows));
  let reused = true;
  for (const part of wanted) {
    const started = performance.now();
    if (readRecord(place)[part] === recipe[part]) {
      tell(`reused   ${described[part]}`);
      continue;
    }
    reused = false;
    recordPart(place, `${part} begun`, recipe[part]);
    if (part === 'archive') await importFlights(place, rows < allRows ? await flights() : null, options.tell);
    else leaveServiceFiles(place, await flights(), seed, tell);
    recordPart(place, part, recipe[part]);
    tell(`made     ${described[part]} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  return { reused };
}

const described: Readonly<Record<Part, string>> = {
  archive: 'archive of the log (flights.archive)',
  service: 'what the service left (snapshots/, live/), and the truth, which the recovery never sees (truth/)',
};

function leaveServiceFiles(place: DemoPlace, table: FlightTable, seed: number, tell: (line: string) => void): void {
  const { moments, recordedOutputs } = playIncident(table, { seed, folder: place.data });
  if (place.folder !== exampleFolder) writeFileSync(place.incident, incidentFile(place, moments.believedOnset));
  tell(
    `         ${String(moments.snapshots.length)} snapshots, live state, ${recordedOutputs.toLocaleString('en')} recorded outputs`,
  );
}

/** Only what this example makes, by name: the folder may be one that a user named. */
export function removeWhatWasMade(place: DemoPlace, tell: (line: string) => void): void {
  forgetParts(place);
  const names = ['live', 'snapshots', 'truth', 'recovered', '.eventmend', 'flights.ndjson'];
  const archive = ['', '-wal', '-shm'].map((ending) => `flights.archive${ending}`);
  for (const name of [...names, ...archive]) rmSync(join(place.data, name), { recursive: true, force: true });
  tell('removed  what an earlier version or another size of the demo had made');
}
