import { describe, expect, it } from 'vitest';
import { RecoveryError, type Assessment, type LiveComparison, type Resource, type Verdict } from '@eventmend/core';
import type { Remark, ResourceFinding, ResourceRow } from '@eventmend/core/incident';
import type { PlacementProblem, VerificationCheck, CheckReason, FaultyFinding } from '@eventmend/core/engine';
import type { EstimatedMoment, MissingEvidence } from '@eventmend/log-replay';
import { assessmentToJson } from '../src/documents/assessment-to-json.js';
import { verdictToJson } from '../src/documents/run-to-json.js';
import { describeCheckDetail, describeCheckName } from '../src/render/describe-check-detail.js';
import {
  describeEvidence,
  describeExplanation,
  describeMoment,
  describePattern,
  describeStart,
} from '../src/render/describe-diagnosis.js';
import { describeFinding } from '../src/render/describe-finding.js';
import { describePlacement } from '../src/render/describe-placement.js';
import { describeResource } from '../src/render/describe-resource.js';
import { describeCheckReason, describeFaultyReason, describeRoot } from '../src/render/describe-worker-check.js';
import { describeLiveDoubt, describeMissing, describeNote, describeVerdict } from '../src/render/render-run.js';
import { assessment } from './fixtures.js';

const at = { topic: 't', partition: 1 } as const;
const gaps = [
  { ...at, from: 3, to: 6 },
  { ...at, from: 9, to: 10 },
];

describe('assessments in words', () => {
  const words = (part: Partial<Assessment>) => assessmentToJson({ ...assessment, ...part });

  it('what a strategy brings back, at what loss, and why it does not', () => {
    const results: readonly (readonly [Assessment['bringsBack'], string])[] = [
      [null, 'nothing'],
      [{ fidelity: 'exact', condition: null }, 'state and outputs, exact'],
      [{ fidelity: 'incomplete', condition: 'gaps-accepted' }, 'state and outputs, incomplete (--accept-gaps)'],
      [
        { fidelity: 'exact', condition: 'worker-reproduces-a-snapshot' },
        'state and outputs, exact if the worker reproduces a snapshot',
      ],
      [{ fidelity: 'unproven', condition: null }, 'state and outputs, unproven: nothing checks the worker'],
    ];
    for (const [bringsBack, text] of results) expect(words({ bringsBack }).bringsBack).toBe(text);
    expect(words({ expectedLoss: { kind: 'everything' } }).expectedLoss).toEqual({
      events: 0,
      description: 'everything: there is no log',
    });
    expect(words({ expectedLoss: { kind: 'events', events: 0 } }).expectedLoss.description).toBe('none');
    expect(words({ expectedLoss: { kind: 'events', events: 1204 } }).expectedLoss.description).toBe('1,204 events');
    expect(words({ reason: { kind: 'gaps', gaps } }).reason).toBe(
      'no log holds t[1] 3-5 (3 offsets), t[1] 9-9 (1 offset)',
    );
    expect(
      words({ reason: { kind: 'error', error: { code: 'log-changed', message: 'no log holds any topic' } } }).reason,
    ).toBe('no log holds any topic');
    expect(words({ reason: null }).reason).toBeNull();
  });

  it('whether the worker is checked', () => {
    const worker = { name: 'w', version: '2' };
    const check = (state: 'checked' | 'pending' | 'not-checked') =>
      words({ workerCheck: { worker, state, reason: 'it says so' } }).workerCheck;
    expect(check('checked')).toBe('w@2: it says so');
    expect(check('pending')).toBe('w@2: not checked yet, plan replays it against the snapshots');
    expect(check('not-checked')).toBe('w@2: not checked: it says so');
    expect(words({ workerCheck: null }).workerCheck).toBe('not checked');
  });

  it('warnings, last the logs that could not be opened', () => {
    const retention = { kind: 'retention', ...at, offset: 17, by: 'retention.ms=1000' } as const;
    const lost: Resource = {
      ...{ kind: 'unopened-log', as: 'archive', locations: ['a.db'], state: 'damaged', from: null, to: null },
      error: { code: 'EM2001', message: 'a.db is cut off' },
    };
    expect(
      words({
        resources: [lost],
        warnings: [
          { kind: 'snapshot-damaged', location: 's.ndjson', reason: 'line 3 is cut off' },
          { kind: 'snapshot-not-on-log', snapshot: 's', problem: { kind: 'behind-log-end', ...at, next: 9, end: 7 } },
          { ...retention, time: null, partitions: 1 },
          { ...retention, time: Date.UTC(2026, 10, 28, 9, 5, 30), partitions: 3 },
          { kind: 'open-transaction', ...at, from: 7, to: 9, by: 'producer 4' },
          { kind: 'no-snapshots' },
          { kind: 'order-not-determined', snapshots: 2 },
        ],
      }).warnings,
    ).toEqual([
      'snapshot s.ndjson is not usable: line 3 is cut off',
      'snapshot s is not used: it is at t[1]@9, and the log ends at 7',
      't[1]: events from offset 17 on may be deleted at any time (retention.ms=1000); no archive has them',
      't[1]: events from offset 17 on, and others of 3 partitions may be deleted from 2026-11-28 09:05 on (retention.ms=1000); no archive has them',
      't[1]: an open transaction of producer 4 hides offsets 7 to 8',
      'no snapshots: the replay begins at the beginning of the log, and the worker cannot be checked',
      '2 snapshots cannot be compared: the live order of the partitions is not recorded',
      'archive a.db is damaged: plan and recover refuse to go on without it',
    ]);
  });
});

describe('resources in words', () => {
  const base = { state: 'found', from: null, to: Date.UTC(2026, 10, 28, 9, 5) } as const;
  const error = { code: 'file-unavailable', message: 'it does not exist' };
  const cases: readonly (readonly [Resource, string, string])[] = [
    [
      {
        ...{ ...base, kind: 'log', as: 'log', format: 'ndjson', location: 'e.ndjson', partitions: 1, events: 1200 },
        eventsAtMost: true,
        gaps: [
          { ...at, at: 'front', offsets: 1000, offset: 1000 },
          { ...at, at: 'inside', offsets: 2, offset: 1004 },
        ],
      },
      'log (ndjson) e.ndjson',
      'up to 1,200 events, 1 partition; t[1]: 1,000 events before 1000 are gone; t[1]: 2 offsets missing from 1004',
    ],
    [
      {
        ...{ ...base, kind: 'log', as: 'archive', format: 'archive', location: 'a.db', partitions: 2, events: 3 },
        ...{ eventsAtMost: false, gaps: [] },
      },
      'archive a.db',
      '3 events, 2 partitions',
    ],
    [
      { ...base, kind: 'unopened-log', as: 'kafka', locations: ['h:1', 'h:2'], error },
      'log (kafka) h:1,h:2',
      error.message,
    ],
    [{ ...base, kind: 'unopened-log', as: 'files', locations: ['a', 'b'], error }, 'files a, b', error.message],
    [
      {
        ...{ ...base, kind: 'snapshots', snapshots: 9, damaged: 3 },
        findings: {
          proven: 1,
          declared: 1,
          differs: 1,
          'order-not-determined': 2,
          'not-comparable': 1,
          'not-checked': 4,
        },
      },
      'snapshots (9)',
      '1 proven, 1 declared trusted, 1 not reproduced, 2 order not determined, 1 cannot be compared, 4 not checked yet (plan proves them), 3 damaged',
    ],
    [{ ...base, kind: 'snapshots', snapshots: 0, findings: {}, damaged: 0 }, 'snapshots (0)', ''],
    [{ ...base, kind: 'live-state', keys: 1200, hasPosition: true }, 'live state', '1,200 keys'],
    [
      { ...base, kind: 'live-state', keys: 3, hasPosition: false },
      'live state',
      '3 keys, without a position: not compared',
    ],
    [{ ...base, kind: 'unreadable-live-state', reason: null }, 'live state', 'it is not there'],
    [{ ...base, kind: 'unreadable-live-state', reason: 'it is cut off' }, 'live state', 'it is cut off'],
    [
      { ...base, kind: 'recorded-outputs', location: 'o', order: 'handling', objection: null },
      'recorded outputs o',
      'in the order of handling',
    ],
    [
      { ...base, kind: 'processed-events', location: 'l', order: 'partition', objection: null },
      'processed events l',
      'in the order of handling inside of each partition',
    ],
    [
      { ...base, kind: 'processed-events', location: 'l', order: 'unknown', objection: null },
      'processed events l',
      'in no known order',
    ],
    [
      { ...base, kind: 'recorded-outputs', location: 'o', order: 'unknown', objection: 'offsets fall' },
      'recorded outputs o',
      'offsets fall',
    ],
    [{ ...base, kind: 'unreadable-records', of: 'recorded-outputs', error }, 'recorded outputs', error.message],
    [{ ...base, kind: 'unreadable-records', of: 'processed-events', error }, 'processed events', error.message],
  ];

  it.each(cases)('%j', (resource, name, notes) => {
    expect(describeResource(resource)).toEqual({ name, state: 'found', from: '', to: '2026-11-28 09:05', notes });
  });
});

describe('runs in words', () => {
  it('verdicts and what is missing', () => {
    const incomplete: Verdict = {
      verdict: 'incomplete',
      missing: [
        { kind: 'target-not-reached' },
        { kind: 'events-unavailable', events: 1 },
        { kind: 'events-quarantined', events: 1204 },
        { kind: 'worker-not-checked', reason: 'no snapshot' },
        { kind: 'not-verified' },
        { kind: 'verification-failed' },
        { kind: 'text', text: 'what an earlier version wrote' },
      ],
    };
    const missing = [
      'the run has not reached its target',
      '1 event unavailable',
      '1,204 events quarantined',
      'the worker is not checked: no snapshot',
      'the result is not verified yet',
      'verification derived another result: the worker is changed, or takes something from elsewhere, such as the local time of this machine, or a memory between events',
      'what an earlier version wrote',
    ];
    expect(describeMissing(incomplete)).toEqual(missing);
    expect(verdictToJson(incomplete)).toEqual({ verdict: 'incomplete', missing });
    const refused: Verdict = { verdict: 'refused', reason: { kind: 'gaps', gaps } };
    expect(describeVerdict(refused)).toBe('refused (no log holds t[1] 3-5 (3 offsets), t[1] 9-9 (1 offset))');
    expect(describeVerdict({ verdict: 'bounded', plusMinus: 1204.5 })).toBe('bounded (±1,204.5)');
  });

  it('notes', () => {
    expect(describeNote({ kind: 'unevaluated-in-deduplication', events: 2 })).toContain(
      '2 events outside of the scope entered its window unevaluated',
    );
    expect(describeNote({ kind: 'text', text: 'a note' })).toBe('a note');
  });

  const placements: readonly (readonly [PlacementProblem, string])[] = [
    [{ kind: 'no-position' }, 'it has no position, so nobody knows which events it has seen'],
    [{ kind: 'partition-not-named', ...at }, 'its position does not name t[1]'],
    [{ kind: 'behind-log-end', ...at, next: 999, end: 200 }, 'it is at t[1]@999, and the log ends at 200'],
    [{ kind: 'before-log-beginning', ...at, next: 3 }, 'it is at t[1]@3, before the log began'],
    [{ kind: 'partition-not-in-log', ...at }, 'its position names t[1], which the log does not have'],
  ];

  it('why the live state was not compared, or what stays open', () => {
    for (const [problem, text] of placements) {
      expect(describePlacement(problem)).toBe(text);
      expect(describeLiveDoubt({ kind: 'not-on-log', problem })).toBe(text);
    }
    const order =
      'the live order is not recorded: differences may come from the error or from another permissible order';
    const doubts: readonly (readonly [NonNullable<LiveComparison['reason']>, string])[] = [
      [{ kind: 'live-unreadable' }, 'the live state cannot be read'],
      [{ kind: 'not-at-target' }, 'the live state is at another position than the target'],
      [{ kind: 'comparison-failed', message: 'no disk' }, 'the comparison failed: no disk'],
      [{ kind: 'order-not-recorded', undetermined: 2, differing: 2 }, order],
      [
        { kind: 'order-not-recorded', undetermined: 1, differing: 2 },
        `${order} (1 of the 2 keys that differ; no order explains the others)`,
      ],
      [{ kind: 'text', text: 'an earlier text' }, 'an earlier text'],
    ];
    for (const [doubt, text] of doubts) expect(describeLiveDoubt(doubt)).toBe(text);
  });
});

describe('checks of a verification in words', () => {
  const digests = { run: 'a'.repeat(64), again: 'b'.repeat(64) };
  const states = { run: { keys: 1200, digest: digests.run }, again: { keys: 3, digest: digests.again } };
  const outputs = { run: { outputs: 1200, digest: digests.run }, again: { outputs: 3, digest: digests.again } };
  const said = `key "k": ${'x'.repeat(200)}`;
  const cases: readonly (readonly [VerificationCheck['result'], VerificationCheck['detail'], string])[] = [
    ['passed', { kind: 'states', ...states }, 'second, plain replay: 3 keys, digest bbbbbbbbbbbb'],
    [
      'failed',
      { kind: 'states', ...states },
      'the run has digest aaaaaaaaaaaa over 1,200 keys, the second replay bbbbbbbbbbbb over 3',
    ],
    ['passed', { kind: 'outputs', ...outputs }, '3 intended outputs, in order, digest bbbbbbbbbbbb'],
    [
      'failed',
      { kind: 'outputs', ...outputs },
      'the run intends 1,200 (aaaaaaaaaaaa), the second replay 3 (bbbbbbbbbbbb)',
    ],
    [
      'passed',
      { kind: 'accounts', offsets: 1200, unbalanced: [] },
      '1,200 offsets, each in one column, the same in both',
    ],
    ['failed', { kind: 'accounts', offsets: 1200, unbalanced: [at, at] }, 'they do not add up in t[1], t[1]'],
    ['failed', { kind: 'accounts', offsets: 1200, unbalanced: [] }, 'the second replay books otherwise'],
    ['passed', { kind: 'quarantine', run: 2, again: 2 }, '2 events parked in both'],
    ['failed', { kind: 'quarantine', run: 2, again: 3 }, 'the run parked 2, the second replay 3'],
    ['passed', { kind: 'baseline-is-genesis' }, 'the beginning of the log'],
    [
      'failed',
      { kind: 'baseline-behind-quarantine', events: 2 },
      '2 events before it are quarantined when it is derived from the beginning',
    ],
    [
      'not-checked',
      { kind: 'baseline-trusted', snapshot: 's', keys: 1, parked: 0 },
      'you trust it: derived from the beginning of the log, 1 key of it is another',
    ],
    [
      'not-checked',
      { kind: 'baseline-trusted', snapshot: 's', keys: 1200, parked: 1 },
      'you trust it: derived from the beginning of the log, 1,200 keys of it are others (1 event before it is parked on that way)',
    ],
    ['not-checked', { kind: 'log-has-no-beginning' }, 'the log does not reach back to its beginning'],
    ['passed', { kind: 'baseline-derived-again' }, 'derived again from the beginning of the log, the same digest'],
    ['failed', { kind: 'baseline-derived-again' }, 'the states derived from the beginning of the log are others'],
    ['passed', { kind: 'invariant', invariant: 'total', broken: 0, first: null }, 'holds for every key'],
    [
      'failed',
      { kind: 'invariant', invariant: 'total', broken: 1200, first: { key: 'k', said: null } },
      '1,200 keys break it, first key "k"',
    ],
    [
      'failed',
      { kind: 'invariant', invariant: 'total', broken: 1, first: { key: 'k', said: 'x'.repeat(200) } },
      `1 key breaks it, first ${said.slice(0, 119)}…`,
    ],
    [
      'failed',
      { kind: 'invariant', invariant: 'total', broken: 3, first: { key: 'k', said: null }, keys: ['k', 'l', 'm'] },
      '3 keys break it, first key "k"; then "l", "m"',
    ],
    [
      'passed',
      { kind: 'total', measure: 'cents', stated: 7, found: 7, of: 'the bank', keys: ['a', 'b'] },
      'cents of "a", "b" is 7, as the bank says',
    ],
    [
      'passed',
      { kind: 'totals', measure: 'cents', of: 'the bank', totals: 3, agreeing: 3, first: [] },
      'cents: 3 of 3 totals are what the bank says',
    ],
    [
      'not-checked',
      {
        kind: 'totals',
        measure: 'cents',
        of: null,
        totals: 3,
        agreeing: 1,
        first: [
          { keys: ['a'], stated: 7, found: 8 },
          { keys: null, stated: 9, found: 10 },
        ],
      },
      'cents: 1 of 3 totals are what the source says; "a" is 8, and the source says 7; is 10, and the source says 9, which lost events may explain',
    ],
    [
      'not-checked',
      { kind: 'totals-unused', of: 'the bank', totals: 2, first: 0 },
      '2 totals of the bank unused: of a moment that is that of no snapshot, nor of the target (1970-01-01T00:00:00.000Z, …)',
    ],
    ['not-checked', { kind: 'no-invariants' }, 'the worker declares none'],
    ['passed', { kind: 'worker-check', reason: 'it reproduces s1' }, 'it reproduces s1'],
    ['failed', { kind: 'key-out-of-scope', key: 'k' }, 'the run holds key "k", which is outside of its scope'],
    [
      'passed',
      { kind: 'keys-in-scope', stored: 3, keys: 4, liveOutside: null },
      'all 3 stored keys are of the 4 in scope; no live state was given, so the keys outside are not counted',
    ],
    [
      'passed',
      { kind: 'keys-in-scope', stored: 3, keys: 4, liveOutside: 5 },
      'all 3 stored keys are of the 4 in scope; 5 live keys outside are not in the run',
    ],
    ['passed', { kind: 'stored-rows', states: 3, outputs: 4 }, '3 states and 4 outputs are those that were committed'],
    ['failed', { kind: 'state-not-its-hash', key: 'k' }, 'the state of key "k" does not match its hash'],
    ['failed', { kind: 'chunk-not-its-hash', chunk: 7 }, 'chunk 7 of the outputs does not match its hash'],
    [
      'failed',
      { kind: 'states-not-committed', states: 3 },
      '3 states are stored, and they are not those that were committed',
    ],
    [
      'failed',
      { kind: 'outputs-not-committed', outputs: 3 },
      '3 outputs are stored, and they are not those that were committed',
    ],
    ['passed', { kind: 'text', text: 'an earlier text' }, 'an earlier text'],
  ];

  it.each(cases)('%s %j', (result, detail, text) => {
    expect(describeCheckDetail({ name: 'n', result, detail })).toBe(text);
    expect(describeCheckName({ name: 'n', result, detail })).toBe(detail.kind === 'invariant' ? 'n total' : 'n');
  });
});

describe('diagnoses in words', () => {
  it('where they begin, and when the error began and ended', () => {
    expect(describeStart({ snapshot: null, basis: 'genesis' })).toBe('the beginning of the log');
    expect(describeStart({ snapshot: 's-1', basis: 'declared' })).toBe('snapshot s-1 (declared)');
    expect(describeStart({ kind: 'text', text: 'an earlier text' })).toBe('an earlier text');
    const event = { ...at, offset: 17 };
    const moments: readonly (readonly [EstimatedMoment['evidence'], string])[] = [
      [{ kind: 'first-fault', event, unwitnessed: 0 }, 'the first fault is t[1]@17'],
      [
        { kind: 'first-fault', event, unwitnessed: 1201 },
        'the first fault is t[1]@17; 1,201 events before the first record show nothing',
      ],
      [{ kind: 'last-fault', event, handlings: null }, 'the last fault is t[1]@17'],
      [{ kind: 'last-fault', event, handlings: 1201 }, 'the last fault is t[1]@17, of 1,201 recorded handlings'],
      [{ kind: 'text', text: 'an earlier text' }, 'an earlier text'],
    ];
    for (const [evidence, text] of moments) expect(describeMoment({ time: 0, evidence })).toBe(text);
  });

  it('evidence that would tell more', () => {
    const cases: readonly (readonly [MissingEvidence, string])[] = [
      [{ kind: 'earlier-records', events: 1201 }, 'records of the 1,201 events between the start and the first record'],
      [{ kind: 'ledger' }, 'a ledger: events without outputs were taken for handled'],
      [
        { kind: 'events-of-records', records: 4, first: 'other[0]@1' },
        'the events of 4 records: the log does not hold them (the first: other[0]@1)',
      ],
      [
        { kind: 'later-live-state', records: 100 },
        'a live state from behind the last record: 100 records lie behind its position, and were not looked at',
      ],
      [
        { kind: 'live-state-with-position' },
        'the live state with its position: nothing says how far the service has read',
      ],
      [
        { kind: 'live-state-on-log', problem: { kind: 'behind-log-end', ...at, next: 999, end: 200 } },
        'a live state that can be compared: it is at t[1]@999, and the log ends at 200',
      ],
      [{ kind: 'records-in-handling-order' }, 'records in the order of handling (`order`)'],
      [
        { kind: 'deduplication-window' },
        'the worker deduplicates, and a snapshot does not hold its window of recent ids',
      ],
      [
        { kind: 'no-later-states' },
        'no snapshot and no live state with a position on this log lies behind the last right one',
      ],
      [{ kind: 'gaps', gaps }, 'no log holds t[1] 3-5 (3 offsets), t[1] 9-9 (1 offset)'],
      [{ kind: 'text', text: 'a higher limit of keys' }, 'a higher limit of keys'],
    ];
    for (const [missing, text] of cases) expect(describeEvidence(missing)).toBe(text);
  });

  it('explanations and patterns read as a sentence', () => {
    expect(
      describeExplanation({
        ...{ kind: 'missed', property: 'type = cancelled', also: [], events: 1, explained: 1, ofKeys: 1 },
        healthyKept: 0,
      }),
    ).toBe('all 1 events with type = cancelled missed: explains 1 of 1 keys');
    const pattern = {
      kind: 'wrong',
      property: 'value.distance >= 1500',
      faults: 187,
      ofFaults: 187,
      strength: 9,
    } as const;
    const lines = [0.0803, 0.151, 0.0004, 0].map((shareOfEvents) => describePattern({ ...pattern, shareOfEvents }));
    expect(lines).toEqual([
      'value.distance >= 1500: 187 of 187 wrong results, 8 % of all events',
      'value.distance >= 1500: 187 of 187 wrong results, 15 % of all events',
      'value.distance >= 1500: 187 of 187 wrong results, less than 0.1 % of all events',
      'value.distance >= 1500: 187 of 187 wrong results, almost none of all events',
    ]);
  });
});

describe('worker checks in words', () => {
  const agreement = { snapshot: { id: 's2', keys: 1200 }, outputs: 240 };
  const disagreement = { snapshot: { id: 's3', differing: 1, keys: 6, later: 2 }, outputs: 14 };
  const both = 'it does not reproduce 1 of 6 keys of snapshot s3 and 2 later and 14 outputs';
  const unknown = 'the onset is not known, so nobody knows whether that stretch is healthy';
  const agrees = 'it reproduces snapshot s2 (1,200 of 1,200 keys) and 240 of 240 recorded outputs';
  const cases: readonly (readonly [CheckReason, string])[] = [
    [{ kind: 'reproduced', agreement }, agrees],
    [{ kind: 'reproduced', agreement: { snapshot: null, outputs: 240 } }, 'it reproduces 240 of 240 recorded outputs'],
    [{ kind: 'not-reproduced', disagreement }, `${both}, on a stretch from before the error`],
    [{ kind: 'no-root' }, 'the log does not reach back to its beginning, and no snapshot is declared trusted'],
    [{ kind: 'nothing-recorded' }, 'the service recorded neither states nor outputs on this stretch'],
    [
      { kind: 'nothing-comparable', snapshot: 's1', reason: 'it is empty' },
      'there is nothing to compare: snapshot s1: it is empty',
    ],
    [{ kind: 'onset-unknown', agreement, disagreement }, `${agrees}; ${both}; ${unknown}`],
    [{ kind: 'onset-unknown', agreement: null, disagreement }, `nothing agrees; ${both}; ${unknown}`],
    [{ kind: 'onset-unknown', agreement, disagreement: null }, `${agrees}, but ${unknown}`],
    [{ kind: 'onset-unknown', agreement: null, disagreement: null }, `nothing is shown to differ, but ${unknown}`],
    [
      { kind: 'order-not-recorded' },
      'what differs may come of another permissible order of the partitions: the live order is not recorded',
    ],
    [{ kind: 'events-quarantined', events: 1200 }, '1,200 events were parked, so that what follows is not comparable'],
    [
      { kind: 'too-few-outputs', agreeing: 50, least: 100 },
      'only 50 outputs could be compared, and fewer than 100 show too little',
    ],
  ];

  it.each(cases)('%j', (reason, text) => {
    expect(describeCheckReason(reason)).toBe(text);
  });

  it('where it begins, and why the deployed version was not compared', () => {
    expect(describeRoot(null)).toBe('none');
    expect(describeRoot({ snapshot: null, basis: 'genesis' })).toBe('the beginning of the log');
    expect(describeRoot({ snapshot: 's1', basis: 'declared' })).toBe('snapshot s1, declared trusted');
    expect(describeRoot({ snapshot: 's1', basis: 'proven' })).toBe('snapshot s1, proven');
    const reasons: readonly (readonly [NonNullable<FaultyFinding['reason']>, string])[] = [
      [{ kind: 'no-live-state' }, 'no live state is named'],
      [
        { kind: 'live-not-on-log', problem: { kind: 'no-position' } },
        'the live state: it has no position, so nobody knows which events it has seen',
      ],
      [{ kind: 'gaps', gaps }, 'no log holds t[1] 3-5 (3 offsets), t[1] 9-9 (1 offset)'],
      [
        { kind: 'order-not-determined' },
        'the order of the replay does not pass through the live position, and every key may depend on it',
      ],
    ];
    for (const [reason, text] of reasons) expect(describeFaultyReason(reason)).toBe(text);
  });
});

describe('findings of the doctor in words', () => {
  const plain: ResourceFinding = {
    ...{ resource: 'live.state', state: 'doubtful', content: null, remarks: [], preview: [], steps: [] },
  };
  const words = (part: Partial<ResourceFinding>) => describeFinding({ ...plain, ...part }, () => 7);
  const error = new RecoveryError('file-unavailable', 'there is no file a', { hint: 'create it' });
  const step = { step: 'metadata', subject: 'cluster', state: 'ok', found: 'cluster c', hint: null } as const;
  const doubt = { severity: 'doubt', key: 'k' } as const;
  const rows = { rows: 1204, records: 4000, first: { ...at, offset: 17 } };
  const names = { names: 5000, missing: 4, first: ['a', 'b', 'c'], events: 1200 };

  it('what was found', () => {
    const records = { records: 1204, location: 'a.csv' };
    const order = { kind: 'order', from: 'ledger', placed: 1204, late: 2, repeated: 0 } as const;
    const log = { kind: 'log', location: 'a', partitions: 1, events: 1204 } as const;
    const cases: readonly (readonly [ResourceFinding['content'], string])[] = [
      [null, 'cannot be used'],
      [{ kind: 'worker', name: 'w', version: '2' }, 'w@2'],
      [{ kind: 'reference-tables', tables: 1 }, '1 table'],
      [{ ...log, eventsAtMost: false }, '1,204 events in 1 partition of a'],
      [{ ...log, eventsAtMost: true }, 'up to 1,204 events in 1 partition of a'],
      [{ kind: 'cluster', brokers: ['a:1', 'b:1'] }, 'no cluster at a:1, b:1'],
      [{ kind: 'snapshots', snapshots: 0, keys: 0, location: null }, 'nothing that can be used'],
      [{ kind: 'snapshots', snapshots: 1, keys: 1, location: 'a' }, '1 key of a'],
      [{ kind: 'snapshots', snapshots: 2, keys: 1204, location: 'a' }, '2 snapshots with 1,204 keys in all'],
      [
        { kind: 'recorded-outputs', ...records, order: 'partition' },
        '1,204 outputs of a.csv, in order inside of each partition',
      ],
      [{ kind: 'processed-events', ...records, order: 'unknown' }, '1,204 handlings of a.csv, in no known order'],
      [{ kind: 'unmapped-rows' }, 'rows that cannot be mapped'],
      [order, 'a place for 1,204 events from live.ledger; 2 handled behind a later one, 0 repeated'],
    ];
    for (const [content, text] of cases) expect(words({ content }).found).toBe(text);
    const cluster = words({ content: { kind: 'cluster', brokers: ['a:1'] }, steps: [step] });
    expect([cluster.found, cluster.steps]).toEqual([
      'cluster c',
      [{ subject: 'metadata cluster', state: 'ok', found: 'cluster c' }],
    ]);
  });

  it('what is wrong, and where it is mended', () => {
    const cases: readonly (readonly [Remark, string])[] = [
      [{ ...doubt, kind: 'connection', step }, 'metadata cluster: cluster c'],
      [{ ...doubt, kind: 'no-such-topic', topic: 't' }, 'it has no topic "t"'],
      [{ ...doubt, kind: 'no-events' }, 'it has no events'],
      [{ ...doubt, kind: 'no-rows' }, 'it has no rows'],
      [{ ...doubt, kind: 'no-snapshots' }, 'there is no snapshot in it'],
      [
        { ...doubt, kind: 'no-write-ahead-log' },
        'it is written through a write-ahead log, and no -wal file stands beside it: a copy may lack the newest rows',
      ],
      [
        { ...doubt, kind: 'json-as-text' },
        'it is a text here, and looks like JSON: a worker that gives the JSON agrees with none of it',
      ],
      [{ ...doubt, kind: 'damaged-snapshot', location: 'a', reason: 'cut off' }, 'a: cut off'],
      [{ ...doubt, kind: 'damaged-snapshot', location: 'a', reason: 'a: cut off' }, 'a: cut off'],
      [{ ...doubt, kind: 'no-position', snapshot: 's' }, 's has no position, so it is not compared with anything'],
      [
        { ...doubt, kind: 'partition-not-in-log', snapshot: 's', ...at },
        's stands at t[1], and the log has no such partition',
      ],
      [
        { ...doubt, kind: 'behind-log-end', snapshot: 's', ...at, next: 9999, end: 7 },
        's stands at t[1]@9,999, and the log ends at 7',
      ],
      [
        { ...doubt, kind: 'names-not-in-log', of: 'key', ...names, wholeLog: true },
        'no event of the log names 4 of 5,000 keys: "a", "b", "c", …',
      ],
      [
        { ...doubt, kind: 'names-not-in-log', of: 'event_id', ...names, missing: 3, wholeLog: false },
        'none of the first 1,200 events has 3 of 5,000 event ids: "a", "b", "c"',
      ],
      [{ ...doubt, kind: 'order-refuted', objection: 'it falls' }, 'it falls'],
      [
        { ...doubt, kind: 'rows-without-event', ...rows },
        '1,204 of 4,000 rows name no event, so nothing can be told from them',
      ],
      [
        { ...doubt, kind: 'rows-of-unknown-partition', ...rows },
        '1,204 of 4,000 rows name events of partitions that the log does not have, first t[1]@17',
      ],
      [
        { ...doubt, kind: 'rows-outside-log', ...rows },
        '1,204 of 4,000 rows name offsets that the log never held, first t[1]@17',
      ],
      [{ ...doubt, kind: 'sent-again', outputs: 1 }, '1 output sent again under the id of an earlier one'],
      [
        { ...doubt, kind: 'id-reused', outputs: 2, id: 'x', seq: 2, earlier: 0 },
        '2 outputs with the id of an earlier one and another content, first "x" (rows 1 and 3)',
      ],
      [{ ...doubt, kind: 'nothing-placed', from: 'outputs' }, 'live.outputs gives no event a place'],
      [{ ...doubt, kind: 'records-without-place', records: 2 }, '2 records tell nothing about the order'],
      [
        { ...doubt, kind: 'records-with-equal-times', records: 2 },
        '2 records have the time of the one in front: they keep the order of the rows',
      ],
    ];
    for (const [remark, text] of cases) expect(words({ remarks: [remark] }).remarks[0]?.text).toBe(text);
    expect(words({ remarks: [{ severity: 'problem', key: 'k', kind: 'error', error }] }).remarks).toEqual([
      { kind: 'problem', text: 'EM1003: there is no file a', hint: 'create it', key: 'k', line: 7 },
    ]);
  });

  it('rows beside what they become', () => {
    const place = { file: 'a', unit: 'line', number: 3, byte: null } as const;
    const row = { place, row: { a: 1 }, error: null };
    const handled = { seq: 0, event: null, eventId: null, time: null };
    const event = { kind: 'event', ...at, offset: 3, key: 'a', time: null, value: 'v', undecodable: null } as const;
    const cases: readonly (readonly [ResourceRow, string])[] = [
      [{ ...event, value: 'x'.repeat(300) }, `t[1]@3 | "${'x'.repeat(199)}… | key "a", no time`],
      [{ ...event, time: 0, undecodable: 'no schema' }, 't[1]@3 | no schema | key "a", 1970-01-01T00:00:00.000Z'],
      [{ kind: 'snapshot-row', number: 2, key: 'a', state: 1 }, 'row 2 | {"key":"a","state":1} | key "a"'],
      [{ kind: 'state', ...row, made: { key: 'a', state: 1 } }, 'line 3 | {"a":1} | key "a", state 1'],
      [{ kind: 'state', ...row, made: null, error }, 'line 3 | {"a":1} | nothing: there is no file a'],
      [{ kind: 'handling', ...row, made: handled }, 'line 3 | {"a":1} | no event'],
      [{ kind: 'handling', ...row, made: { ...handled, eventId: 'e' } }, 'line 3 | {"a":1} | event "e"'],
      [
        {
          ...{ kind: 'output', ...row },
          made: { ...handled, event: { ...at, offset: 9 }, output: 'o', key: null, value: 1, businessId: null },
        },
        'line 3 | {"a":1} | o of key null: 1, event t[1]@9',
      ],
    ];
    for (const [shown, text] of cases) {
      expect(words({ preview: [shown] }).preview.map((line) => Object.values(line).join(' | '))).toEqual([text]);
    }
  });
});
