import { describe, expect, it } from 'vitest';
import { RecoveryError, type Assessment } from '@eventmend/core';
import type { Correction, KeySummary } from '@eventmend/core/engine';
import { parseIncident } from '@eventmend/core/incident';
import { progressLine } from '../src/program/progress-line.js';
import { renderCorrection, renderCounts, renderKey } from '../src/render/render-corrections.js';
import { renderAssessment } from '../src/render/render-assessment.js';
import { renderError } from '../src/render/render-error.js';
import { renderNext } from '../src/render/render-next.js';
import { renderPlan } from '../src/render/render-plan.js';
import { renderRun } from '../src/render/render-run.js';
import { renderRuns } from '../src/render/render-runs.js';
import { renderVerification } from '../src/render/render-verification.js';
import { plainStyle } from '../src/terminal/terminal-style.js';
import { textWidth } from '../src/terminal/text-width.js';
import { assessment, plan, report, verification } from './fixtures.js';

const incident = parseIncident(
  'format_version: 1\nname: flights-2001\nworker: w.ts\nlog: { ndjson: e.ndjson }\nonset: 2001-02-05T09:12Z\nend: 2001-02-05T14:40Z\n',
  '/in/flights.incident.yaml',
);

const same = (text: string) => text;

/** The picture as one text, after a look at its width. */
function picture(lines: readonly string[]): string {
  for (const line of lines) expect(textWidth(line), line).toBeLessThanOrEqual(80);
  return '\n' + lines.map((line) => line.trimEnd()).join('\n') + '\n';
}

describe('pictures at 80 columns', () => {
  it('assess', () => {
    expect(picture(renderAssessment(incident, [assessment], null, same, plainStyle))).toMatchInlineSnapshot(`
      "
      Incident  flights-2001   2001-02-05 09:12 -> 2001-02-05 14:40 UTC

      Resource          State     From              To                Notes
      archive           found     2001-01-01        2001-03-31        3,000,000
      flights.archive             00:00             23:59             events, 4
                                                                      partitions
      snapshots (7)     partial   2001-01-10        2001-03-20        4 proven, 2
                                  00:00             06:00             order not
                                                                      determined, 1
                                                                      damaged
      live state        missing                                       no such file

      Strategy     Possible   Brings back                       Expected loss   Takes
      log-replay   yes        state and outputs, exact          none            3m 10s
      live         as it is   the live state as it is; how
                              many keys are wrong is not
                              known

      Best: log-replay: nothing is lost, and the result is exact
      Worker check: flights@2.4.1: it reproduces snapshot s-03 (312 of 312 keys)
      Warning: 2 snapshots cannot be compared: the live order of the partitions is
        not recorded
      "
    `);
  });

  it('assess when nothing is possible', () => {
    const impossible: Assessment = {
      ...assessment,
      feasible: false,
      reason: { kind: 'gaps', gaps: [{ topic: 'flights', partition: 3, from: 12, to: 100 }] },
      expectedDurationMs: null,
      warnings: [],
    };
    expect(
      picture(renderAssessment(incident, [impossible], null, same, plainStyle))
        .split('\n')
        .slice(12, 16)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "
      Strategy     Possible   Brings back                        Expected loss   Takes
      log-replay   no         no log holds flights[3] 12-99
                              (88 offsets)"
    `);
  });

  it('plan', () => {
    expect(picture(renderPlan(plan, plainStyle))).toMatchInlineSnapshot(`
      "
      Plan 5258dead  log-replay, 2 partitions
        worker      flights@2.4.1 (sha256 9b1d…9b1d)
        baseline    snapshot s-03 (p0@1000 p1@1000 p2@1000 p3@1000 and 1 more),
                    proven: a replay from the beginning reproduces it
        range 1     archive  up to 1,614,669 events of 2 partitions, exact
        range 2     held by nothing: flights[1] 1204551-1204599 (49 offsets),
                    incomplete
        order       by time, then partition, then offset; steps above 24h 00m need
                    confirmation
        target      the end of the log, as it is now; gaps are accepted
        poison      stop
        untouched   the live state and the input; nothing is published

      Snapshot   Taken              Finding   Keys agree   Why
      s-03       2001-02-03 06:00   proven    312 of 312   a replay from the beginning
                                                           reproduces it
      s-04       2001-02-10 06:00   differs   298 of 312   14 keys differ, the first
                                                           is ATL

      Worker check: reproduces s-03, which was taken before the onset
      Expected: up to 1,616,669 events, 3m 10s (measured: 8,510/s), loss: 49 events
        that nobody holds
      "
    `);
  });

  it('recover', () => {
    const parked = [
      {
        partition: { source: 's', topic: 'flights', incarnation: '', partition: 0 },
        offset: 17,
        keys: null,
        code: 'EM3002',
        reason: 'the worker threw: no such \u001b[31mairport',
      },
    ];
    expect(picture(renderRun(report, parked, plainStyle))).toMatchInlineSnapshot(`
      "
      Recovered r-5258dead   verdict: incomplete
        missing     2 events quarantined
        missing     49 events unavailable
        events      1,616,669 offsets = 1,616,082 applied + 536 duplicates skipped + 2
                    quarantined + 49 unavailable; 3 repeated in the log, counted once
        state       48,211 keys, digest 5e0c…9a91
        fidelity    incomplete: 48,197 keys exact, 14 keys incomplete (holes and
                    parked events: 3 keys directly, 11 by what they read)
        outputs     1,616,082 intended, digest 77aa…01ff; nothing was published
        live        1,902 of 48,211 keys differ from live, 4 only here; first: ATL is
                    {"backlog":4}, live says {"backlog":9}
        order       events placed by their partition's watermark: 2 without a time, 31
                    with a falling time, 1 with an unconfirmed leap of time
        parked      flights[0]@17  EM3002: the worker threw: no such airport
                    and 1 more
        took        3m 09s (8,536 events/s)
      "
    `);
  });

  it('verify', () => {
    expect(picture(renderVerification(verification, plainStyle))).toMatchInlineSnapshot(`
      "
      Verification of r-5258dead   verdict: complete
        ✓ state: second, plain replay: 48,211 keys, digest 5e0c00000000
        ✓ scope: all 48,211 stored keys are of the 48,214 in scope; 12,000 live keys
            outside are not in the run
        – invariants: not checked: the worker declares none
        measure     delay = 1,234.5
      2 checks passed, 0 failed, 1 not checked
      "
    `);
    expect(picture(renderVerification(verification, { ...plainStyle, unicode: false }))).toMatchInlineSnapshot(`
      "
      Verification of r-5258dead   verdict: complete
        ok     state: second, plain replay: 48,211 keys, digest 5e0c00000000
        ok     scope: all 48,211 stored keys are of the 48,214 in scope; 12,000 live
                 keys outside are not in the run
        --     invariants: not checked: the worker declares none
        measure     delay = 1,234.5
      2 checks passed, 0 failed, 1 not checked
      "
    `);
  });

  it('corrections', () => {
    const event = { topic: 'flights', partition: 3, offset: 17 };
    const counts = {
      ...{ intended: 1_616_082, recorded: 1_615_000, outsideRun: 40, done: 1_613_949, owed: 1116, replaced: 12 },
      ...{ toRetract: 14, superseded: 1002, actions: { send: 1128, retract: 20, list: 6 } },
      unknown: {
        ...{ 'outside-recorded-stretch': 3, 'order-not-determined': 0, ambiguous: 0, contradiction: 0 },
        ...{ 'event-unknown': 0, 'event-not-replayed': 0, 'incomplete-state': 0, 'order-of-records': 0 },
      },
    };
    const unknown = [{ reason: 'outside-recorded-stretch', output: 'alert', key: 'A\u001b[31mTL', event } as const];
    const correction: Correction = {
      ...{ id: 'ab'.repeat(32), semanticId: 'cd'.repeat(32), action: 'retract', output: 'alert', kind: 'event' },
      ...{ key: 'ATL', value: { undo: 7 }, event, time: Date.UTC(2001, 1, 5), ordinal: 0, replaces: { value: 7 } },
      ...{ intended: null, reason: 'twice', listedBecause: null },
    };
    const key: KeySummary = {
      ...{ key: 'ATL', owed: 3, replaced: 1, toRetract: 0, firstTime: null },
      last: { output: 'board', event, before: null, after: { value: { delay: 4 } } },
    };
    const lines = [
      ...renderCounts('r-fe411c0f', counts, unknown, plainStyle),
      ...renderCorrection(correction, plainStyle),
      ...renderKey(key, plainStyle),
    ];
    expect(picture(lines)).toMatchInlineSnapshot(`
      "
      Corrections of r-fe411c0f
        outputs     1,116 owed, 12 with another value, 14 to retract, 3 unknown
        intended    1,616,082 outputs; 1,613,949 recorded as intended
        recorded    1,615,000 outputs; 40 of events outside the run
        superseded  1,002 outputs: a newer value of the key stands anyway
        unknown     3: outside the recorded stretch (live.outputs may say from when
                    on, and up to when, all was kept); first: alert ATL of
                    flights[3]@17
        to do       1,128 to send, 20 to retract, 6 only listed; an event with another
                    value is retracted and sent anew; listed is what no other output
                    takes back
        retract     alert ATL, flights[3]@17, 2001-02-05 00:00, twice
                    7 -> {"undo":7}
      Key ATL
        outputs     3 owed, 1 with another value, 0 to retract; the first of time
                    unknown
        last        board, flights[3]@17
        was         nothing
        should be   {"delay":4}
      "
    `);
  });

  it('runs', () => {
    expect(picture(renderRuns([report], ['r-00000000'], plainStyle))).toMatchInlineSnapshot(`
      "
      Run          Status        Verdict        Keys     Outputs   State         Took
      r-00000000   interrupted
      r-5258dead   recovered     incomplete   48,211   1,616,082   5e0c…9a91   3m 09s
      "
    `);
  });

  it('an error', () => {
    const error = new RecoveryError(
      'log-changed',
      'the log no longer holds what this plan needs\npartition 3 begins at 18204411; the plan starts at 18163211: 41,200 events are gone.',
      {
        hint: 'eventmend plan orders.incident.yaml',
        cause: new Error('retention deleted them between planning and now'),
      },
    );
    expect(picture(renderError(error, plainStyle, false))).toMatchInlineSnapshot(`
      "
      error EM2103: the log no longer holds what this plan needs
        partition 3 begins at 18204411; the plan starts at 18163211: 41,200 events are
        gone.
        why   retention deleted them between planning and now
        do    eventmend plan orders.incident.yaml
        exit 14 · docs/errors.md#em2103
      "
    `);
    expect(picture(renderError(new TypeError('x is not a function'), plainStyle, false))).toMatchInlineSnapshot(`
      "
      error: unexpected: x is not a function
        do    run the same command with --debug and report what it prints
        exit 1
      "
    `);
  });

  it('progress', () => {
    const state = { phase: 'replay', done: 986_120, total: 1_616_669, quarantined: 2, rate: 512_000, gaps: 0 } as const;
    expect(progressLine(state, { ...plainStyle, columns: 120 })).toMatchInlineSnapshot(
      `"replay  ████████████░░░░░░░░   60 %  986,120 / 1,616,669  512,000/s  left 1.2s  gaps 0  quarantined 2"`,
    );
    expect(picture([progressLine(state, plainStyle)])).toMatchInlineSnapshot(`
      "
      replay   60 %  986,120 / 1,616,669  512,000/s  left 1.2s  quarantined 2
      "
    `);
    expect(textWidth(progressLine(state, { ...plainStyle, columns: 40 }))).toBeLessThan(40);
    expect(progressLine({ ...state, phase: 'scan', total: 0, rate: null }, plainStyle)).toBe('scan    986,120');
  });

  it('next', () => {
    expect(renderNext(['eventmend a', 'eventmend b'], plainStyle)).toEqual(['Next: eventmend a    ·    eventmend b']);
    expect(renderNext([`eventmend ${'a'.repeat(70)}`, 'eventmend b'], plainStyle)).toHaveLength(2);
    expect(renderNext([], plainStyle)).toEqual([]);
  });
});
