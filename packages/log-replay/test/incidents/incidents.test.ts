import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordOrder, FaultKind } from '@eventmend/core/engine';
import { logReplay } from '@eventmend/log-replay';
import type { Fault } from '../../src/diagnose/fault.js';
import { buildIncident, type Incident } from './build-incident.js';
import { generateIncident, incidentOfSeed } from './generate-incident.js';
import type { CauseKind } from './incident-design.js';
import { judgeDiagnosis } from './judge-diagnosis.js';
import { inOrderOfService, replayIncident, served, sorted } from './replay-incident.js';

const runs = Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 150);
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261125);

const healthy = generateIncident({
  events: 60,
  faults: 0,
  keys: 4,
  always: { faults: [], live: true, kept: { since: 'beginning' } },
});

describe(`incidents for the diagnosis (seed ${seed}, ${runs} runs)`, () => {
  it('a service without faults does what the engine does in the order of the service', () =>
    fc.assert(
      fc.asyncProperty(healthy, async (design) => {
        const incident = buildIncident(design);
        expect(incident.truth.faults).toEqual([]);
        const replayed = await inOrderOfService(incident);
        expect(sorted(replayed)).toEqual(sorted(served(incident)));
      }),
      { seed, numRuns: runs },
    ));

  it('a service that keeps to the canonical order does what the engine does in that order', () =>
    fc.assert(
      fc.asyncProperty(
        healthy.filter(({ order }) => order !== 'own'),
        async (design) => {
          const incident = buildIncident(design);
          const replayed = await replayIncident(incident);
          const isOneLane = lanesOfWorker(incident) === 'global';
          expect(isOneLane ? replayed : sorted(replayed)).toEqual(
            isOneLane ? served(incident) : sorted(served(incident)),
          );
        },
      ),
      { seed, numRuns: runs },
    ));

  it('an interleaving of its own keeps the offsets of each partition, and leads to other states than the canonical order', async () => {
    let others = 0;
    for (let number = 0; number < 20; number++) {
      const design = incidentOfSeed(seed + number, {
        events: 300,
        faults: 0,
        keys: 4,
        always: { order: 'own', keyed: false, partitions: 4, live: true },
      });
      const incident = buildIncident(design);
      const last = new Map<number, number>();
      for (const { ref } of incident.events) {
        expect(ref.offset).toBe((last.get(ref.partition) ?? -1) + 1);
        last.set(ref.partition, ref.offset);
      }
      const { states } = await replayIncident(incident);
      if (JSON.stringify(states) !== JSON.stringify(incident.left.live)) others++;
    }
    expect(others).toBeGreaterThan(15);
  });

  it('snapshots of a healthy service stand where the canonical order passes through', () =>
    fc.assert(
      fc.asyncProperty(healthy, async (design) => {
        const { situation, left, events } = buildIncident(design);
        const { snapshots } = (await situation.snapshots?.list()) ?? { snapshots: [] };
        expect(snapshots.length).toBe(left.snapshots.length);
        for (const { position } of snapshots) {
          const next = new Map(position?.map((part) => [part.partition, part.next]));
          const read = events.filter(({ ref }) => ref.offset < (next.get(ref.partition) ?? 0));
          const unread = events.filter((event) => !read.includes(event));
          if (design.order === 'field' || design.keyed) continue;
          const latest = Math.max(...read.map(({ effective }) => effective));
          expect(unread.every(({ effective }) => effective >= latest)).toBe(true);
        }
      }),
      { seed, numRuns: runs },
    ));

  it('snapshots from before the faults are proven by planning, where the service kept to the canonical order', async () => {
    const store = mkdtempSync(join(tmpdir(), 'eventmend-incidents-'));
    try {
      for (const order of ['field', 'time'] as const) {
        for (let number = 0; number < 4; number++) {
          const design = incidentOfSeed(seed + number, {
            events: 120,
            faults: 4,
            keys: 4,
            always: { order, onset: 0.5, snapshots: [0.2, 0.4, 1], live: true },
          });
          const { situation } = buildIncident(design, join(store, `${order}-${number}`));
          const { snapshots } = await logReplay(situation).plan();
          expect(snapshots.slice(0, 2).map(({ finding }) => finding)).toEqual(['proven', 'proven']);
        }
      }
    } finally {
      rmSync(store, { recursive: true, force: true });
    }
  });

  it('plants all causes, and nearly all of them leave a trace', () => {
    const traces = new Map<CauseKind, number[]>();
    for (let number = 0; number < 40; number++) {
      const { truth } = buildIncident(incidentOfSeed(seed + number, { events: 250, faults: 10, keys: 5 }));
      for (const { cause, trace } of truth.faults) {
        const counts = traces.get(cause) ?? [0, 0, 0];
        traces.set(cause, counts);
        const at = ['own', 'elsewhere', 'nowhere'].indexOf(trace);
        counts[at] = (counts[at] ?? 0) + 1;
      }
    }
    expect(traces.size).toBe(7);
    for (const [own = 0, elsewhere = 0] of traces.values()) {
      expect(own).toBeGreaterThan(10);
      expect(own + elsewhere).toBeGreaterThan(15);
    }
  });

  it('a fault that is said to show changes what is left, one that is not changes nothing', () =>
    fc.assert(
      fc.property(generateIncident({ events: 60, faults: 1, keys: 4 }), (design) => {
        const { truth, left } = buildIncident(design);
        const without = buildIncident({ ...design, faults: [] });
        const [planted] = truth.faults;
        const changes = JSON.stringify(left) !== JSON.stringify(without.left);
        expect(changes).toBe(planted !== undefined && planted.trace !== 'nowhere');
      }),
      { seed, numRuns: runs },
    ));

  it('faults that are not kept, or of a silent event, show in nothing of their own', () => {
    const lost = incidentOfSeed(seed, {
      events: 100,
      faults: 6,
      keys: 3,
      kinds: ['missed', 'wrong'],
      always: { onset: 0, kept: { since: 'record', share: 0.95 }, ledger: false, live: false, snapshots: [] },
    });
    const { truth } = buildIncident(lost);
    expect(truth.faults.length).toBeGreaterThan(0);
    expect(truth.faults.map(({ trace }) => trace)).not.toContain('own');
  });

  it('finds outputs in the order of each partition, or in none, and then a swap shows in a ledger only', async () => {
    const design = incidentOfSeed(seed, {
      events: 300,
      faults: 12,
      keys: 5,
      kinds: ['swapped', 'late'],
      always: {
        keyed: true,
        ledger: false,
        kept: { since: 'beginning' },
        order: 'own',
        worker: {
          arithmetic: 'clamp',
          keysOfEvent: 1,
          silent: false,
          reveals: 'exact',
          hidden: false,
          several: false,
        },
      },
    });
    const found = (recordOrder: RecordOrder, ledger: boolean): Incident =>
      buildIncident({ ...design, recordOrder, ledger });
    const tracesOf = ({ truth }: Incident): readonly string[] => [...new Set(truth.faults.map(({ trace }) => trace))];
    const handling = found('handling', false);
    const partition = found('partition', false);
    const unknown = found('unknown', false);
    expect(handling.truth.faults.length).toBeGreaterThan(4);
    expect([handling, partition, unknown, found('unknown', true)].map(tracesOf)).toEqual([
      ['own'],
      ['own'],
      ['elsewhere'],
      ['own'],
    ]);
    const set = ({ left }: Incident): readonly string[] => left.outputs.map((output) => JSON.stringify(output)).sort();
    expect(set(unknown)).toEqual(set(handling));
    expect(set(partition)).toEqual(set(handling));
    expect(unknown.left.outputs).not.toEqual(handling.left.outputs);
    const ofPartition = (incident: Incident, number: number): unknown =>
      incident.left.outputs.filter(({ event }) => incident.events[event]?.ref.partition === number);
    for (let number = 0; number < design.partitions; number++) {
      expect(ofPartition(partition, number)).toEqual(ofPartition(handling, number));
    }
    expect(await unknown.situation.recordedOutputs?.describe()).toMatchObject({ order: 'unknown' });
  });

  it('a diagnosis that says the truth is judged right, one that names the event before is not', () =>
    fc.assert(
      fc.property(generateIncident({ events: 80, faults: 4, keys: 4 }), (design) => {
        const { truth } = buildIncident(design);
        const visible = truth.faults.filter(({ trace }) => trace !== 'nowhere');
        const told = (shift: number): readonly Fault[] =>
          visible.map(({ event, accepts, keys, inversions }) => ({
            kind: accepts[0] as FaultKind,
            event: { ...event, offset: event.offset - shift },
            time: null,
            keys,
            other: inversions[0]?.[1] ?? null,
            evidence: 'it is known',
            difference: null,
          }));
        expect(judgeDiagnosis(truth, { faults: told(0), undetermined: [] })).toMatchObject({
          precision: 1,
          recall: 1,
          falseAlarms: [],
          missedFaults: [],
        });
        const aside = judgeDiagnosis(truth, { faults: told(1000), undetermined: [] });
        expect(aside.falseAlarms).toHaveLength(visible.length);
        expect(aside.missedFaults).toHaveLength(visible.length);
      }),
      { seed, numRuns: runs },
    ));

  it('is the same for the same seed', () => {
    const scale = { events: 200, faults: 8, keys: 6 };
    const once = buildIncident(incidentOfSeed(7, scale));
    const again = buildIncident(incidentOfSeed(7, scale));
    expect(again.left).toEqual(once.left);
    expect(again.truth).toEqual(once.truth);
    expect(again.description).toBe(once.description);
    expect(buildIncident(incidentOfSeed(8, scale)).left).not.toEqual(once.left);
  });
});

function lanesOfWorker({ situation }: Incident): 'global' | 'partition' {
  return situation.worker.kind === 'definition' ? (situation.worker.worker.locality ?? 'global') : 'global';
}
