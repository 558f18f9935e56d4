import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flightsFile } from '../flights/read-flights.js';
import { mappingFile, type DemoPlace } from './demo-place.js';

export type Part = 'archive' | 'service';

/** What is known of a part: the digest of what it is made from, and whether it is whole. */
export interface PartRecord {
  readonly recipe: string;
  readonly whole: boolean;
}

/** A file for each part: they are made by two processes at the same time. */
const file = ({ data }: DemoPlace, part: Part) => join(data, `${part}.prepared.json`);

/** Null for a part that was never begun, or whose record is damaged. */
export function readRecord(place: DemoPlace, part: Part): PartRecord | null {
  try {
    return JSON.parse(readFileSync(file(place, part), 'utf8')) as PartRecord;
  } catch {
    return null;
  }
}

/** Call it when the part is begun, and when it is whole. */
export function recordPart(place: DemoPlace, part: Part, record: PartRecord): void {
  const draft = `${file(place, part)}.partial`;
  writeFileSync(draft, JSON.stringify(record) + '\n', { flush: true });
  renameSync(draft, file(place, part));
}

export function forgetParts(place: DemoPlace): void {
  for (const part of ['archive', 'service'] as const) rmSync(file(place, part), { force: true });
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
