import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { poolJudgements } from '../../../core/test/provenance/pool-judgements.js';
import { buildTinyIncident } from './build-tiny-incident.js';
import { findWrongWords } from './find-wrong-words.js';
import { drawDesign } from './generate-design.js';
import { recoverTinyIncident } from './recover-tiny-incident.js';

const isFull = process.env['EVENTMEND_FULL'] !== undefined;
const incidents = Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? (isFull ? 5000 : 100));
const seeds = {
  first: Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 1),
  incidents,
  onceWrong: [25, 94, 1005, 1142, 1157, 1199, 1350, 50191, 51253],
  refusals: ['trusted-behind-onset', 'empty-scope', 'unresolvable-target', 'worker-failed', 'unusable-order'],
};

const folder = mkdtempSync(join(tmpdir(), 'eventmend-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('no word is better than what nobody knows allows', { timeout: 4 * 3_600_000 }, async () => {
  const { wrong, counts } = await poolJudgements(seeds, async (seed) => {
    const incident = buildTinyIncident(drawDesign(seed));
    const recovered = await recoverTinyIncident(incident, join(folder, String(seed)));
    return typeof recovered === 'string' ? recovered : findWrongWords(incident, recovered);
  });
  expect(wrong.slice(0, 20), `${wrong.length} wrong`).toEqual([]);
  expect(counts['exact called exact'] ?? 0).toBeGreaterThan(incidents / 10);
  expect(counts['verdict complete called complete'] ?? 0).toBeGreaterThan(0);
});
