import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys and values that would act where they are not escaped. */
export const hostileKeys = [
  '<script>document.title="owned"</script>',
  '"><img src=x onerror="document.title=1">',
  "' onmouseover='document.title=2",
  '\u202eexe.gnp',
  '<!--',
  'https://example.org/beacon.png',
  '日本語のキー',
  'e\u0301 and \u{1F600}',
  'plain',
] as const;

const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'notes',
  version: '1.0.0',
  key: (event) => event.key,
  initial: () => ({ count: 0, card: '', note: '' }),
  outputs: { note: { kind: 'latest' } },
  evolve(state, { value }, context) {
    context.emit('note', { text: value.note, card: value.card });
    return { count: state.count + 1, card: value.card, note: value.note };
  },
});
`;

/** An incident whose keys and values are full of markup; the live state lacks the last events. */
export function writeHostileIncident(folder: string, yaml = '', events = 90): void {
  const all = Array.from({ length: events }, (_, n) => ({
    topic: 'notes',
    partition: 0,
    offset: String(n),
    timestamp: Date.UTC(2026, 2, 1) + n * 60_000,
    key: hostileKeys[n % hostileKeys.length],
    value: {
      card: `4111-${String(n).padStart(4, '0')}-secret`,
      note: `</pre><b id="x">${hostileKeys[(n * 4) % hostileKeys.length] ?? ''} \u0000 \u2028`,
    },
  }));
  writeFileSync(join(folder, 'events.ndjson'), all.map((of) => JSON.stringify(of)).join('\n') + '\n');
  writeFileSync(join(folder, 'worker.mjs'), worker);
  const live = new Map<string, { count: number; card: string; note: string }>();
  for (const { key = '', value } of all.slice(0, -hostileKeys.length)) {
    live.set(key, { count: (live.get(key)?.count ?? 0) + 1, card: value.card, note: value.note });
  }
  const header = {
    ...{ format_version: 1, kind: 'snapshot', id: 'live', worker: 'notes@1.0.0', state_version: 1 },
    position: [{ topic: 'notes', partition: 0, next: String(events) }],
  };
  writeFileSync(
    join(folder, 'live.ndjson'),
    [header, ...[...live].map(([key, state]) => ({ key, state }))].map((of) => JSON.stringify(of)).join('\n') + '\n',
  );
  writeFileSync(
    join(folder, 'notes.incident.yaml'),
    `format_version: 1
name: notes
worker: ./worker.mjs
log: { ndjson: events.ndjson }
onset: 2026-03-01T01:00:00Z
live: { state: ./live.ndjson }
deploys: [{ at: 2026-03-01T00:55:00Z, name: 'v2 <b>' }]
${yaml}`,
  );
}
