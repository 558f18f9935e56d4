import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flightsFile } from '../flights/read-flights.js';
import { mappingFile, type DemoPlace } from './demo-place.js';

export type Part = 'archive' | 'service';

/** Which parts stand in the data folder, or were begun there, by the digest of what they are made from. */
export type PreparationRecord = Readonly<Partial<Record<Part | `${Part} begun`, string>>>;

const file = ({ data }: DemoPlace) => join(data, 'prepared.json');

export function readRecord(place: DemoPlace): PreparationRecord {
  try {
    return JSON.parse(readFileSync(file(place), 'utf8')) as PreparationRecord;
  } catch {
    return {};
  }
}

/** Call it when the part is begun, and when it is whole: what is not in the record counts as missing. */
export function recordPart(place: DemoPlace, part: keyof PreparationRecord, recipe: string): void {
  const draft = `${file(place)}.partial`;
  writeFileSync(draft, JSON.stringify({ ...readRecord(place), [part]: recipe }, null, 2) + '\n', { flush: true });
  renameSync(draft, file(place));
}

export function forgetParts(place: DemoPlace): void {
  rmSync(file(place), { force: true });
}

/** Digests of everything that decides what a part looks like: the code that makes it, the source file, rows and seed. */
export function recipes(rows: number, seed: number): Readonly<Record<Part, string>> {
  const source = `${statSync(flightsFile()).size} ${rows}`;
  return {
    archive: digest(`${source} ${readFileSync(mappingFile, 'utf8')}`),
    service: digest(`${source} ${seed} ${['flights', 'service', 'truth'].map(codeOf).join()}`),
  };
}

/** The modules of a folder beside this one, compiled or not, without their tests and maps. */
function codeOf(name: string): string {
  const folder = join(import.meta.dirname, '..', name);
  const modules = readdirSync(folder).filter((module) => /(?<!\.test|\.d)\.[jt]s$/.test(module));
  return modules
    .sort()
    .map((module) => readFileSync(join(folder, module), 'utf8'))
    .join();
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
