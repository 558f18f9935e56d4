import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
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

const allRows = 3_000_000;
const defaultSeed = 2001;

/**
 * Makes what is missing of the demo: the archive of the log, and the files that the service of 2001 left behind. What is
 * there and was made in the same way is used again; what was made otherwise is removed, runs included.
 * @throws EventmendFailure when the import fails or was stopped.
 */
export async function prepareDemo(
  place: DemoPlace,
  options: PrepareOptions = {},
): Promise<{ readonly reused: boolean }> {
  const { rows = allRows, seed = defaultSeed, tell = () => undefined } = options;
  if (rows !== allRows && place.folder === exampleFolder)
    throw new Error('a smaller demo needs a folder of its own: --data FOLDER');
  const recipe = recipes(rows, seed);
  const wanted: readonly Part[] = options.archive === false ? ['service'] : ['archive', 'service'];
  const isForeign = (part: Part) => (readRecord(place, part)?.recipe ?? recipe[part]) !== recipe[part];
  if (wanted.some(isForeign)) removeWhatWasMade(place, tell);
  mkdirSync(place.data, { recursive: true });

  const missing = wanted.filter((part) => readRecord(place, part)?.whole !== true);
  for (const part of wanted) if (!missing.includes(part)) tell(`reused   ${described[part]}`);
  const make = async (part: Part, work: () => Promise<void> | void) => {
    if (!missing.includes(part)) return;
    const started = performance.now();
    recordPart(place, part, { recipe: recipe[part], whole: false });
    await work();
    recordPart(place, part, { recipe: recipe[part], whole: true });
    tell(`made     ${described[part]} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  };
  const playing = async () => leaveServiceFiles(place, await readFlights(rows), seed, tell);
  if (rows < allRows) {
    await make('archive', async () => importFlights(place, await readFlights(rows), options.tell));
    await make('service', playing);
  } else if (missing.length === wanted.length && wanted.length > 1) {
    // Each keeps one core busy for a while, so the service gets a process of its own.
    const service = prepareServiceAside(place, seed, options.tell !== undefined);
    await Promise.all([make('archive', () => importFlights(place, null, options.tell)), service]);
  } else {
    await make('archive', () => importFlights(place, null, options.tell));
    await make('service', playing);
  }
  return { reused: missing.length === 0 };
}

const described: Readonly<Record<Part, string>> = {
  archive: 'archive of the log (flights.archive)',
  service: 'what the service left (snapshots/, live/), and the truth, which the recovery never sees (truth/)',
};

function leaveServiceFiles(place: DemoPlace, table: FlightTable, seed: number, tell: (line: string) => void): void {
  const { moments, recordedOutputs } = playIncident(table, { seed, folder: place.data });
  if (place.folder !== exampleFolder) writeFileSync(place.incident, incidentFile(place, moments.believedOnset));
  const count = recordedOutputs.toLocaleString('en');
  tell(`         ${String(moments.snapshots.length)} snapshots, live state, ${count} recorded outputs`);
}

/** Only what this example makes, by name: the folder may be one that a user named. */
export function removeWhatWasMade(place: DemoPlace, tell: (line: string) => void): void {
  forgetParts(place);
  const names = ['live', 'snapshots', 'truth', 'recovered', '.eventmend', 'flights.ndjson'];
  const archive = ['', '-wal', '-shm'].map((ending) => `flights.archive${ending}`);
  for (const name of [...names, ...archive]) rmSync(join(place.data, name), { recursive: true, force: true });
  tell('removed  what an earlier version or another size of the demo had made');
}

/** Leaves the service's files in a process of its own (`prepare.js --no-archive`). A signal to stop ends it at once. */
function prepareServiceAside(place: DemoPlace, seed: number, show: boolean): Promise<void> {
  const script = join(import.meta.dirname, '..', 'prepare.js');
  const data = place.folder === exampleFolder ? [] : ['--data', place.data];
  const args = [script, '--no-archive', '--seed', String(seed), ...data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', show ? 'inherit' : 'ignore', 'inherit'] });
  const stop = () => void child.kill('SIGTERM');
  process.on('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGTERM', stop);
      if (code === 0) return resolve();
      const exitCode = signal === null ? 1 : 130;
      reject(Object.assign(new Error('the files of the service could not be made'), { exitCode }));
    });
  });
}
