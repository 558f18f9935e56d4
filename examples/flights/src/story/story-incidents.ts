import { relative } from 'node:path';
import { workerFile } from '../prepare/demo-place.js';
import type { Loss } from './story-place.js';

/** The incident file of one chapter. All say the same of the service; they differ in what survived. */
export function storyIncident(loss: Loss, folder: string, believedOnset: number): string {
  const worker = relative(folder, workerFile).replaceAll('\\', '/');
  // Flights that are drawn from the history have no row number; their times tell the same order.
  const order = loss === 'window' ? '' : 'order: { by: field, field: row }\n';
  return `format_version: 1
name: flights-2001
worker: ${worker.startsWith('.') ? worker : `./${worker}`}
log: { archive: ./${loss}.archive, topics: [flights] }
${order}onset: ${new Date(believedOnset).toISOString().replace('.000', '')}
snapshots: ./snapshots
live: { state: ./live/state.ndjson, outputs: ./live/outputs.ndjson }
store: ./.eventmend
${loss === 'half' ? records : ''}`;
}

const records = `records:
  - name: departures
    csv: ./departures.csv
    mapping: { id: flight, key: origin, time: { column: left } }
    stands_for: { topic: flights, match: { id: value.row, key: value.origin, within: { earlier: 0s, later: 0s } } }
    complete_for: flights
    use: events
    event:
      key: origin
      value:
        columns:
          row: { column: flight, type: integer }
          origin: origin
          destination: destination
          delay: { column: delay, type: integer }
          distance: { column: distance, type: integer }
`;
