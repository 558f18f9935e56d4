import { readFileSync } from 'node:fs';

/** A planted fault as the truth tells it. */
export interface PlantedFault {
  readonly kind: 'missed' | 'twice' | 'reordered' | 'wrong';
  readonly row: number;
  readonly partition: number;
  readonly offset: string;
}

/** What the service did wrong, as it was planted. */
export function readPlanted(file: string): readonly PlantedFault[] {
  return readLines(file) as readonly PlantedFault[];
}

/** The values of an NDJSON file that fits into memory. */
export function readLines(file: string): readonly unknown[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
}
