import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explainStates } from '../../src/diagnose/from-states/explain-states.js';
import { prepareInputs } from '@eventmend/core/engine';
import { buildIncident, type Incident } from './build-incident.js';
import { generateIncident } from './generate-incident.js';
import type { IncidentDesign } from './incident-design.js';
import { judgeDiagnosis } from './judge-diagnosis.js';

const store = mkdtempSync(join(tmpdir(), 'eventmend-explain-'));
afterAll(() => {
  rmSync(store, { recursive: true, force: true });
});

async function explained({ situation }: Incident) {
  const prepared = await prepareInputs(situation);
  try {
    return await explainStates({ prepared, start: null }, {});
  } finally {
    prepared.close();
  }
}

/** Faults that leave right results of what was handled: the others may leave any state. */
const kinds = ['missed', 'twice', 'swapped', 'late'] as const;
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);
const numRuns = process.env['EVENTMEND_FULL'] ? 1500 : 25;

describe(`reference incidents, by their states alone (seed ${seed})`, () => {
  it.each([1, 3] as const)('no fault is stated that was not planted, with up to %i planted', async (faults) => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        generateIncident({ events: 60, faults, keys: 6, kinds, always: { live: true } }),
        async (drawn) => {
          const design: IncidentDesign = { ...drawn, worker: { ...drawn.worker, hidden: true, arithmetic: 'smooth' } };
          const incident = buildIncident(design, store);
          const judgement = judgeDiagnosis(incident.truth, await explained(incident));
          expect(judgement.falseAlarms, [incident.description, ...judgement.lines].join('\n')).toEqual([]);
          found += judgement.found.length;
        },
      ),
      { seed, numRuns },
    );
    expect(found).toBeGreaterThan(numRuns / 20);
  });

  it('a healthy service, interleaved in its own way, is told to differ in nothing that is determined', async () => {
    await fc.assert(
      fc.asyncProperty(
        generateIncident({ events: 60, faults: 0, keys: 6, always: { live: true, order: 'own' } }),
        async (design) => {
          const { keys, faults, systematic } = await explained(buildIncident(design, store));
          expect({ faults, systematic }).toEqual({ faults: [], systematic: [] });
          expect(keys.orderNotDetermined).toBe(keys.differing);
        },
      ),
      { seed, numRuns },
    );
  });
});
