import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildTinyIncident } from './build-tiny-incident.js';
import { findWrongWords } from './find-wrong-words.js';
import { drawDesign } from './generate-design.js';
import { recoverTinyIncident } from './recover-tiny-incident.js';

const isFull = process.env['EVENTMEND_FULL'] !== undefined;
const firstSeed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 1);
const incidents = Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? (isFull ? 4000 : 60));
/** Incidents of which a word was once wrong, whatever the seeds of a run are. */
const onceWrong = [1071, 80252, 80912, 81748];

const folder = mkdtempSync(join(tmpdir(), 'eventmend-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a user cannot do is refused; anything else is an error of this test or of the tool. */
const refusals = new Set(['trusted-behind-onset', 'unresolvable-target']);

it('no word is better than what nobody knows allows', { timeout: 4 * 3_600_000 }, async () => {
  const counts: Record<string, number> = {};
  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  const wrong: string[] = [];
  const tell = (text: string): void => {
    wrong.push(text);
    process.stderr.write(`${text}\n`);
  };
  const seeds = Array.from({ length: incidents }, (_, number) => firstSeed + number);
  for (const seed of new Set([...seeds, ...onceWrong])) {
    const incident = buildTinyIncident(drawDesign(seed));
    const recovered = await recoverTinyIncident(incident, join(folder, String(seed))).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    if (typeof recovered === 'string') {
      const [code = ''] = recovered.split(':');
      count(`refused: ${code}`);
      if (!refusals.has(code)) tell(`seed ${seed} ${recovered}`);
      continue;
    }
    const judged = findWrongWords(incident, recovered);
    for (const { kind, text } of judged.wrong) tell(`seed ${seed} ${kind}: ${text}`);
    for (const { best, given, restsOnFacts } of judged.words) {
      count(`${best} called ${given}`);
      if (given === 'external') count(restsOnFacts ? 'external by facts' : 'external by rows');
    }
    count(`verdict ${judged.verdictAtBest} called ${judged.verdict}`);
  }
  process.stderr.write(`words: ${incidents} incidents from seed ${firstSeed}: ${JSON.stringify(counts)}\n`);
  expect(wrong.slice(0, 20), `${wrong.length} wrong`).toEqual([]);
  expect(counts['exact called exact'] ?? 0).toBeGreaterThan(incidents / 20);
  if (incidents >= 500) expect(counts['external called external'] ?? 0).toBeGreaterThan(0);
});
