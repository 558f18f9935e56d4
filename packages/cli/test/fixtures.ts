import { namePlan, runIdOf, type UnnamedPlan } from '@eventmend/core/engine';
import type { Assessment, Plan, RunReport, Verification } from '@eventmend/core';

export const assessment: Assessment = {
  strategy: 'log-replay',
  feasible: true,
  reason: null,
  bringsBack: { fidelity: 'exact', condition: null },
  expectedLoss: { kind: 'events', events: 0 },
  expectedDurationMs: 190_000,
  actBefore: null,
  resources: [
    {
      kind: 'log',
      as: 'archive',
      format: 'archive',
      location: 'flights.archive',
      state: 'found',
      from: Date.UTC(2001, 0, 1),
      to: Date.UTC(2001, 2, 31, 23, 59),
      partitions: 4,
      events: 3_000_000,
      eventsAtMost: false,
      gaps: [],
    },
    {
      kind: 'snapshots',
      state: 'partial',
      from: Date.UTC(2001, 0, 10),
      to: Date.UTC(2001, 2, 20, 6),
      snapshots: 7,
      findings: { proven: 4, 'order-not-determined': 2 },
      damaged: 1,
    },
    { kind: 'unreadable-live-state', state: 'missing', from: null, to: null, reason: 'no such file' },
  ],
  workerCheck: {
    worker: { name: 'flights', version: '2.4.1' },
    state: 'checked',
    reason: 'it reproduces snapshot s-03 (312 of 312 keys)',
  },
  warnings: [{ kind: 'order-not-determined', snapshots: 2 }],
};

const unnamed: UnnamedPlan = {
  format_version: 1,
  strategy: 'log-replay',
  incident: { name: 'flights-2001', digest: 'ab'.repeat(32) },
  worker: {
    name: 'flights',
    version: '2.4.1',
    hash: '9b1d'.repeat(16),
    locality: 'global',
    outputs: { alert: 'event' },
  },
  order: { by: 'time', maxStepMs: 86_400_000 },
  poison: 'stop',
  acceptGaps: true,
  baseline: [
    {
      scope: { kind: 'all' },
      source: { kind: 'snapshot', id: 's-03', digest: 'cd'.repeat(32) },
      basis: 'proven',
      position: [0, 1, 2, 3, 4].map((partition) => ({ topic: 'flights', partition, next: '1000' })),
      evidence: 'a replay from the beginning reproduces it',
    },
  ],
  segments: [
    segment(0, 1000, 412_118, 0),
    segment(1, 1000, 1_204_551, 0),
    { ...segment(1, 1_204_551, 1_204_600, 0), log: null, events: 0, fidelity: 'incomplete' },
  ],
  logs: [{ kind: 'archive', location: 'flights.archive', fingerprint: 'f' }],
  target: { spec: { kind: 'end' }, position: [] },
  logEnd: [],
  references: {},
  snapshots: [
    {
      id: 's-03',
      digest: 'cd'.repeat(32),
      takenAt: Date.UTC(2001, 1, 3, 6),
      finding: 'proven',
      keysCompared: 312,
      keysDiffering: 0,
      firstDifference: null,
      reason: 'a replay from the beginning reproduces it',
    },
    {
      id: 's-04',
      digest: 'ce'.repeat(32),
      takenAt: Date.UTC(2001, 1, 10, 6),
      finding: 'differs',
      keysCompared: 312,
      keysDiffering: 14,
      firstDifference: 'ATL',
      reason: '14 keys differ, the first is ATL',
    },
  ],
  workerCheck: { checked: true, snapshot: 's-03', reason: 'reproduces s-03, which was taken before the onset' },
  expected: { events: 1_616_669, loss: { events: 49, description: '49 events that nobody holds' } },
  measured: { eventsPerSecond: 8510.4, durationMs: 190_000, proofMs: 1000 },
};

export const plan: Plan = namePlan(unnamed);
export const runId = runIdOf(plan);

function segment(partition: number, from: number, to: number, log: number): Plan['segments'][number] {
  return {
    scope: { kind: 'all' },
    source: 'flights',
    topic: 'flights',
    incarnation: '',
    partition,
    from: String(from),
    to: String(to),
    log,
    as: 'archive',
    events: to - from,
    fidelity: 'exact',
  };
}

export const report: RunReport = {
  runId,
  planId: plan.id,
  strategy: 'log-replay',
  status: 'recovered',
  verdict: {
    verdict: 'incomplete',
    missing: [
      { kind: 'events-quarantined', events: 2 },
      { kind: 'events-unavailable', events: 49 },
    ],
  },
  fidelity: { overall: 'incomplete', keys: { exact: 48_197, incomplete: 14 }, directKeys: 3, carriedKeys: 11 },
  accounts: [
    {
      source: 'flights',
      topic: 'flights',
      incarnation: '',
      partition: 0,
      range: { from: 1000, to: 412_118 },
      applied: 411_116,
      skipped: {},
      quarantined: 2,
      unavailable: 0,
      repeated: 0,
    },
  ],
  totals: {
    offsets: 1_616_669,
    applied: 1_616_082,
    skipped: { 'duplicate-id': 536, control: 0 },
    quarantined: 2,
    unavailable: 49,
    repeated: 3,
  },
  order: { missing: 2, falling: 31, negative: 0, unconfirmed: 1, equal: 90_112 },
  stateKeys: 48_211,
  stateDigest: '5e0c' + '0'.repeat(56) + '9a91',
  outputs: 1_616_082,
  outputsDigest: '77aa' + '0'.repeat(56) + '01ff',
  quarantined: 2,
  negativeZeros: 0,
  live: {
    compared: true,
    reason: null,
    keys: 48_211,
    differing: 1902,
    onlyRecovered: 4,
    onlyLive: 0,
    firstDifference: { key: 'ATL', recovered: '{"backlog":4}', live: '{"backlog":9}' },
  },
  notes: [],
  elapsedMs: 189_400,
  eventsPerSecond: 8535.7,
};

export const verification: Verification = {
  runId,
  verdict: { verdict: 'complete' },
  checks: [
    {
      name: 'state',
      result: 'passed',
      detail: {
        kind: 'states',
        run: { keys: 48_211, digest: '5e0c' + '0'.repeat(60) },
        again: { keys: 48_211, digest: '5e0c' + '0'.repeat(60) },
      },
    },
    {
      name: 'scope',
      result: 'passed',
      detail: { kind: 'keys-in-scope', stored: 48_211, keys: 48_214, liveOutside: 12_000 },
    },
    { name: 'invariants', result: 'not-checked', detail: { kind: 'no-invariants' } },
  ],
  measures: { delay: 1234.5 },
};
