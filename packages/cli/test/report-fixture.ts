import type { ReportJson } from '../src/documents/report-document.js';

/** A report in which a text of the data stands wherever data can stand. */
export function reportOf(text: string): ReportJson {
  const event = { topic: text, partition: 0, offset: '17' };
  const at = Date.UTC(2026, 10, 19, 9);
  const range = { row: text, topic: text, partition: 0, log: 0, as: 'log', events: 10, fidelity: 'exact' } as const;
  const account = {
    name: text,
    from: '0',
    to: '10',
    offsets: 10,
    applied: 6,
    skipped: 2,
    quarantined: 1,
    unavailable: 1,
  };
  const side = {
    ...{ name: text, runId: null, isThisRun: false, verdict: text, keys: 3, fidelity: { exact: 2 } },
    ...{ same: 2, other: 1, otherExact: 1, lost: 1, tookMs: 900 },
    measures: [{ measure: text, sum: 5, off: -1, interval: { level: 0.9, low: 3, high: 8, holds: true } }],
  };
  return {
    format_version: 1,
    kind: 'report',
    made: { at: '2026-11-20T03:00:00.000Z', by: '0.1.0' },
    incident: { name: text, digest: 'ab'.repeat(32) },
    run: {
      runId: 'r-7f3a91c2',
      planId: 'cd'.repeat(32),
      strategy: 'log-replay',
      status: 'verified',
      hasEnded: true,
      worker: { name: text, version: text, check: text },
      elapsedMs: 1200,
      eventsPerSecond: 8000,
    },
    headline: text,
    verdict: { verdict: 'incomplete', missing: [text] },
    loss: { events: 1, description: text },
    warnings: [text],
    timeline: {
      onset: at,
      end: null,
      deploys: [{ at: at + 1000, name: text }],
      snapshots: [
        {
          id: text,
          digest: 'ef'.repeat(32),
          takenAt: at - 3_600_000,
          finding: 'proven',
          keysCompared: 3,
          keysDiffering: 0,
          reason: text,
          isBaseline: true,
        },
      ],
      segments: [
        { ...range, from: '0', to: '10', state: 'held', first: at, last: at + 7_200_000 },
        { ...range, from: '10', to: '20', log: null, state: 'gone', first: at + 7_200_000, last: at + 9_000_000 },
      ],
      more: 0,
    },
    diagnosis: {
      doubt: text,
      evidence: 'records',
      summary: text,
      counts: { missed: 1 },
      consequences: 2,
      undetermined: 1,
      onset: { time: at, evidence: text },
      end: { time: at, evidence: text },
      patterns: [{ kind: 'missed', text, share: 1, strength: 9 }],
      faults: [{ kind: 'missed', event, time: at, keys: [text], other: event, evidence: text }],
      faultsInAll: 1,
      missing: [text],
    },
    keys: {
      inAll: 2,
      byFidelity: { exact: 1, incomplete: 1 },
      byStanding: { differs: 2 },
      live: text,
      listed: [
        {
          key: text,
          standing: 'differs',
          fidelity: 'incomplete',
          taken: 'rebuilt',
          recovered: text,
          live: text,
          rebuilt: null,
          difference: { path: text, recovered: text, live: text },
          provenance: 0,
          outputs: { owed: 1, replaced: 0, toRetract: 0 },
          faults: [{ kind: 'missed', event }],
          chosenAs: 'worst',
        },
        {
          key: 'plain',
          standing: 'differs',
          fidelity: 'exact',
          taken: 'chosen',
          recovered: '{"n":1}',
          live: text,
          rebuilt: text,
          difference: null,
          provenance: 0,
          outputs: null,
          faults: [],
          chosenAs: 'sample',
        },
      ],
      provenances: [[{ kind: 'baseline', text, detail: [text] }]],
      masked: [],
    },
    sums: {
      ...{ at: at + 86_400_000, copies: 3, from: at - 172_800_000, to: at, step: 'day', fidelity: 'unproven' },
      measures: [
        {
          measure: text,
          estimated: { estimate: 5, level: 0.9, low: 3, high: 8, method: 'slot-mean-4', masks: 9 },
          stated: 6,
          history: [0, 1, 2].map((day) => ({ time: at - (2 - day) * 86_400_000, value: day })),
        },
        { measure: text, refused: 'no-skill' },
      ],
    },
    estimates: {
      estimator: text,
      events: 6,
      ensemble: {
        members: 200,
        donors: 20,
        seed: 1,
        sums: [{ measure: text, estimate: 5, level: 0.9, low: 3, high: 8 }],
        basis: {
          history: { from: at - 9e8, to: at + 9e7 },
          gaps: [
            {
              ...{ topic: text, partition: 0, from: at, to: at + 3_600_000, events: 6 },
              ...{ donors: 20, phase: 'day', isBounded: true },
            },
          ],
          gapsInAll: 1,
          drawn: 1200,
          failed: 3,
          measures: [
            {
              measure: text,
              leftOut: { stretches: 20, meanError: 1.5 },
              levels: [0.8, 0.9],
              path: [-1, 0, 1, 2].map((hour) => ({
                time: at + hour * 3_600_000,
                ...{ estimate: 5, low: [5 - hour / 2, 5 - hour], high: [5 + hour / 2, 5 + hour] },
              })),
              keys: [{ key: text, estimate: 2, low: [1, 0], high: [3, 4], chosenAs: 'widest' }],
              keysInAll: 3,
            },
          ],
        },
      },
      heldOut: { stretches: 2, level: 0.9, intervals: 4, held: 3 },
    },
    outputs: {
      notCompared: null,
      intended: 4,
      counts: {
        ...{ recorded: 4, outsideRun: 1, done: 1, owed: 1, replaced: 1, toRetract: 1, superseded: 0, unknown: 1 },
        ...{ send: 2, retract: 2, list: 0 },
      },
      unknown: [{ reason: text, count: 1, first: text }],
      first: [{ action: 'send', output: text, key: text, event, time: at, reason: text, was: text, value: text }],
    },
    publications: [
      {
        ...{ mode: 'corrections', destination: 'topic', name: text, clusterId: text, base: 'ab12', rows: 4 },
        ...{ actions: { send: 3, retract: 1 }, chosen: { keys: [text], rows: 1 }, partitioner: 'recorded' },
        ...{ sealedAt: at + 9_000_000, time: 'original', leftAlone: [text], warnings: [text] },
        readBack: {
          ...{ complete: true, published: 3, dropped: 1 },
          partitions: [{ partition: 0, rows: 4, published: 3, dropped: 1, foreign: 2, digest: 'ab'.repeat(32) }],
        },
      },
      {
        ...{ mode: 'rebuild', destination: 'table', name: text, clusterId: null, base: 'cd34', rows: 4 },
        ...{ actions: { send: 3, retract: 1 }, chosen: null, partitioner: 'none' },
        ...{ sealedAt: at + 9_000_001, time: 'publication', leftAlone: [], warnings: [], readBack: null },
      },
    ],
    comparison: {
      reference: text,
      isTruth: true,
      doubt: text,
      sides: [side],
      refused: [{ strategy: 'estimation', reason: text }],
      heldOut: [{ name: text, keys: 3, sides: [side], refused: [] }],
    },
    quarantined: { inAll: 1, first: [{ event, keys: [text], code: text, reason: text }] },
    accounts: {
      partitions: [account],
      total: account,
      skipped: { control: 2 },
      repeated: 1,
      beside: [account],
      unbalanced: [text],
    },
    verification: { checks: [{ name: text, result: 'passed', detail: text }], measures: { [text]: 1 } },
    again: [{ command: text, what: text }],
    hashes: [{ what: 'log', name: text, sha256: 'ab'.repeat(32) }],
  };
}
