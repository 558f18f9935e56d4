import { relative } from 'node:path';
import { workerFile, type DemoPlace } from './demo-place.js';

/**
 * The incident file of a small variant. It says the same as `flights.incident.yaml`, which is kept by hand because people
 * read it; a test holds the two against each other.
 */
export function incidentFile({ folder, data }: DemoPlace, believedOnset: number): string {
  const here = (path: string) => {
    const way = relative(folder, path).replaceAll('\\', '/');
    return way === '' ? '.' : way.startsWith('.') ? way : `./${way}`;
  };
  const made = here(data);
  return `format_version: 1
name: flights-2001
worker: ${here(workerFile)}
log: { archive: ${made}/flights.archive, topics: [flights] }
order: { by: field, field: row }
onset: ${new Date(believedOnset).toISOString().replace('.000', '')}
snapshots: ${made}/snapshots
live: { state: ${made}/live/state.ndjson, outputs: ${made}/live/outputs.ndjson }
store: ${made}/.eventmend
`;
}
