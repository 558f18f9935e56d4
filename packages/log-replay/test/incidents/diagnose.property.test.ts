import { mkdtempSync, rmSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '@eventmend/log-replay';
import { readFaults } from '../../src/diagnose/fault-files.js';
import type { Undetermined } from '../../src/diagnose/fault.js';
import { buildIncident } from './build-incident.js';
import { incidentOfSeed, type IncidentScale } from './generate-incident.js';
import { judgeDiagnosis, type Judgement } from './judge-diagnosis.js';
import type { IncidentDesign } from './incident-design.js';

const full = process.env['EVENTMEND_FULL'] === '1';
const seeds = full ? 1500 : 50;
const firstSeed = 1;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-incidents-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Plays, diagnoses and judges one random incident. */
async function judged(seed: number, design: IncidentDesign): Promise<{ judgement: Judgement; description: string }> {
  const store = join(folder, `s-${seed}`);
  const incident = buildIncident(design, store);
  await diagnose(incident.situation);
  const faults = [...readFaults(store)];
  const undetermined = readFileSync(join(store, 'diagnosis', 'undetermined.ndjson'), 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Undetermined]));
  rmSync(store, { recursive: true, force: true });
  return {
    judgement: judgeDiagnosis(incident.truth, { faults, undetermined }),
    description: `seed ${seed}: ${incident.description}`,
  };
}

/** Sums over seeds, with a line for each incident that was not told as it was. */
async function pooled(scale: IncidentScale, isOne: (design: IncidentDesign) => boolean = () => true) {
  const sum = { incidents: 0, found: 0, namedByNext: 0, falseAlarms: 0, notFound: 0, ownNotFound: 0, cannotBeTold: 0 };
  const lines: string[] = [];
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const design = incidentOfSeed(seed, scale);
    if (!isOne(design)) continue;
    const { judgement, description } = await judged(seed, design);
    sum.incidents++;
    sum.found += judgement.found.length;
    sum.namedByNext += judgement.namedByNext.length;
    sum.falseAlarms += judgement.falseAlarms.length;
    sum.notFound += judgement.missedFaults.length;
    sum.ownNotFound += judgement.missedFaults.filter(({ trace }) => trace === 'own').length;
    sum.cannotBeTold += judgement.cannotBeTold.length;
    if (judgement.falseAlarms.length > 0 || judgement.missedFaults.length > 0) {
      lines.push(description, ...judgement.lines.map((line) => `  ${line}`));
    }
  }
  console.log(`diagnosis, seeds ${firstSeed} to ${firstSeed + seeds - 1}: ${JSON.stringify(sum)}`);
  return { ...sum, lines: lines.slice(0, 40).join('\n') };
}

describe('the diagnosis of random incidents', () => {
  it('finds every fault, and nothing else, where outputs name every event and reveal the state', async () => {
    const sum = await pooled(
      {
        events: 250,
        faults: 3,
        keys: 12,
        kinds: ['missed', 'twice', 'swapped', 'late'],
        always: { kept: { since: 'beginning' }, order: 'field', live: true },
      },
      ({ worker }) => !worker.silent && worker.reveals !== 'nothing',
    );
    expect(sum.found, sum.lines).toBeGreaterThan(seeds / 2);
    expect(sum.falseAlarms, sum.lines).toBe(0);
    expect(sum.ownNotFound, sum.lines).toBe(0);
  }, 600_000);

  it('accuses nobody of a healthy service, however it interleaves the partitions (seeded)', async () => {
    const sum = await pooled({ events: 250, faults: 0, keys: 10, always: { order: 'own', faults: [] } });
    expect(sum.incidents).toBe(seeds);
    expect(sum.falseAlarms, sum.lines).toBe(0);
  }, 600_000);

  it('is nearly always right where all kinds of faults meet, and every event leaves outputs', async () => {
    const sum = await pooled({ events: 250, faults: 4, keys: 12 }, ({ worker }) => !worker.silent);
    expect(sum.found / (sum.found + sum.falseAlarms), sum.lines).toBeGreaterThan(0.995);
    expect(sum.found / (sum.found + sum.ownNotFound), sum.lines).toBeGreaterThan(0.95);
  }, 600_000);

  it('is careful where events may leave no outputs', async () => {
    const sum = await pooled({ events: 250, faults: 3, keys: 12 }, ({ worker }) => worker.silent);
    expect(sum.found / (sum.found + sum.falseAlarms), sum.lines).toBeGreaterThan(0.995);
  }, 600_000);
});
