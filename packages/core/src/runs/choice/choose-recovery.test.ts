import { describe, expect, it } from 'vitest';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Plan, PlanSegment } from '../../model/plan/plan.js';
import { namePlan, parsePlan } from '../../model/plan/plan-id.js';
import type { Strategy } from '../../model/strategy/strategy.js';
import type { ReplayPlanOptions } from '../../evidence/inputs/recovery-inputs.js';
import { chooseRecovery } from './choose-recovery.js';
import { figuresOf } from './plan-figures.js';
import { partsOfPlan } from './plan-parts.js';

const id = { source: 's', topic: 'orders', incarnation: '', partition: 0 };
const segment = (part: Partial<PlanSegment>): PlanSegment => ({
  ...{ ...id, scope: { kind: 'all' }, from: '0', to: '10', log: 0, as: 'log', events: 10, fidelity: 'exact' },
  ...part,
});
const hole = segment({ from: '10', to: '14', log: null, events: 0, fidelity: 'incomplete' });

function planOf(strategy: Plan['strategy'], part: Partial<Plan> = {}): Plan {
  const segments = part.segments ?? [segment({})];
  const lost = segments.reduce((sum, { log, from, to }) => sum + (log === null ? Number(to) - Number(from) : 0), 0);
  return namePlan({
    format_version: 1,
    strategy,
    incident: { name: 'i', digest: 'd' },
    worker: { name: 'w', version: '1', hash: 'h', locality: 'partition', outputs: {} },
    order: { by: 'time', maxStepMs: 1 },
    poison: 'stop',
    acceptGaps: false,
    baseline: [{ scope: { kind: 'all' }, source: { kind: 'genesis' }, basis: 'genesis', position: [], evidence: '' }],
    segments,
    logs: [],
    target: { spec: { kind: 'end' }, position: [] },
    logEnd: [],
    references: {},
    snapshots: [],
    workerCheck: { checked: true, snapshot: null, reason: '' },
    expected: { events: 10, loss: { events: lost, description: '' } },
    measured: { eventsPerSecond: null, durationMs: null, proofMs: null },
    ...part,
  });
}

const calls: string[] = [];
function strategyOf(name: Plan['strategy'], made: Plan | RecoveryError): Strategy<ReplayPlanOptions> {
  const never = () => Promise.reject(new Error('not of this test'));
  return {
    name,
    assess: never,
    recover: never,
    verify: never,
    plan: () => {
      calls.push(name);
      return made instanceof RecoveryError ? Promise.reject(made) : Promise.resolve(made);
    },
  };
}
const gap = new RecoveryError('log-gap', 'no log holds 4 offsets');
const refused = new RecoveryError('estimate-refused', 'nothing is estimated: too-few-donors');
const standIns = [{ records: 'bank', log: 1, rows: { used: 3 } } as never];
const rows = (used: number, topic = 'orders'): PlanSegment =>
  segment({ topic, partition: 1, from: '0', to: String(used), log: 1, as: 'external', fidelity: 'external' });
const withRows = planOf('checkpoint', { segments: [segment({}), hole, rows(3)], standIns });

async function choose(strategies: readonly Strategy<ReplayPlanOptions>[], ...rest: [ReplayPlanOptions?, object?]) {
  calls.length = 0;
  return chooseRecovery(strategies, ...rest);
}

describe('choosing among strategies', () => {
  it('takes a plan that loses nothing at once, asks no other, and leaves its id as it is', async () => {
    const whole = planOf('log-replay');
    const { plan } = await choose([strategyOf('log-replay', whole), strategyOf('checkpoint', gap)]);
    expect([calls, plan.id, plan.choice?.reason]).toEqual([['log-replay'], whole.id, 'nothing-lost']);
    expect(plan.choice?.weighed[1]).toEqual({ strategy: 'checkpoint', outcome: 'not-asked', reason: 'nothing-lost' });
    expect(parsePlan(JSON.stringify(plan), 'a file').id).toBe(whole.id);
  });

  it('says of every strategy that has none why, with exit 13', async () => {
    const all = [strategyOf('log-replay', gap), strategyOf('checkpoint', planOf('checkpoint', { segments: [hole] }))];
    await expect(choose([...all, strategyOf('estimation', refused)])).rejects.toMatchObject({
      code: 'no-feasible-strategy',
      exitCode: 13,
      hint: expect.stringMatching('--accept-gaps') as string,
      details: {
        weighed: [
          { strategy: 'log-replay', outcome: 'refused', error: { code: 'EM2101' } },
          { strategy: 'checkpoint', outcome: 'gaps-not-accepted', lostEvents: 4 },
          { strategy: 'estimation', outcome: 'refused', error: { code: 'EM7201' } },
        ],
      },
    });
  });

  it('goes on with records in the place of lost events, and asks for no estimate beside them', async () => {
    const { plan } = await choose([
      strategyOf('log-replay', gap),
      strategyOf('checkpoint', withRows),
      strategyOf('estimation', refused),
    ]);
    expect([plan.id, plan.choice?.reason, calls]).toEqual([withRows.id, 'only-plan', ['log-replay', 'checkpoint']]);
    expect(plan.choice?.weighed[1]).toMatchObject({ outcome: 'chosen', figures: { lostEvents: 1 } });
  });

  it.each([
    ['rows of another topic', [hole, rows(4, 'refunds')], 4],
    ['more rows than events that are lost', [hole, rows(5)], 4],
    ['as many rows', [hole, rows(4)], 0],
    ['rows too many of one topic, and one too few of another', [hole, rows(3), rows(9, 'refunds')], 1],
  ])('counts as lost what is not replaced by %s', (_, segments, lost) => {
    expect(figuresOf(planOf('checkpoint', { segments, standIns })).lostEvents).toBe(lost);
  });

  it('calls an estimate on an unproven basis, or of an unchecked worker, unproven', () => {
    const drawn = segment({ partition: 1, log: 1, as: 'estimate', fidelity: 'interpolated' });
    const { workerCheck } = planOf('estimation');
    const estimated = planOf('estimation', { segments: [segment({}), drawn], workerCheck });
    const [part] = estimated.baseline;
    if (part === undefined) throw new Error('the plan has no baseline');
    expect([
      figuresOf(estimated).fidelity,
      figuresOf({ ...estimated, workerCheck: { ...workerCheck, checked: false } }).fidelity,
      figuresOf({ ...estimated, baseline: [{ ...part, basis: 'unproven' }] }).fidelity,
    ]).toEqual(['interpolated', 'unproven', 'unproven']);
  });

  it('takes no plan of which more keys are expected to be wrong than of the live state', async () => {
    const worse = planOf('checkpoint', {
      segments: [segment({}), hole],
      liveCandidate: { errorRate: null, lost: 4, expectedWrong: { reached: 9, rebuilt: 5, live: 3, chosen: 5 } },
    });
    await expect(choose([strategyOf('checkpoint', worse)])).rejects.toMatchObject({
      code: 'no-feasible-strategy',
      message: expect.stringMatching('worse than doing nothing') as string,
    });
  });

  it('leaves the loss to who has accepted it', async () => {
    const lossy = planOf('log-replay', { acceptGaps: true, segments: [segment({}), hole] });
    const { plan } = await choose([strategyOf('log-replay', lossy), strategyOf('estimation', refused)], {
      acceptGaps: true,
    });
    expect([plan.id, calls]).toEqual([lossy.id, ['log-replay']]);
  });

  it('ends with 12 where no plan holds the limits, with the nearest', async () => {
    const strategies = [strategyOf('log-replay', gap), strategyOf('checkpoint', withRows)];
    await expect(choose(strategies, {}, { maxLoss: { events: 0 } })).rejects.toMatchObject({
      code: 'limits-not-held',
      exitCode: 12,
      details: { nearest: 'checkpoint', broken: [{ kind: 'max-loss', value: 1 }] },
    });
    expect((await choose(strategies, {}, { maxLoss: { events: 1 } })).plan.id).toBe(withRows.id);
  });

  it('stops at what is wrong with the request or the resources themselves', async () => {
    const conflict = new RecoveryError('conflicting-events', 'two records claim one offset');
    const all = [strategyOf('log-replay', conflict), strategyOf('checkpoint', withRows)];
    await expect(choose(all)).rejects.toBe(conflict);
    const unproven = new RecoveryError('unproven-baseline', 'there is no snapshot "x"');
    await expect(choose([strategyOf('log-replay', unproven), strategyOf('checkpoint', unproven)])).rejects.toBe(
      unproven,
    );
  });
});

it('tells which partitions of a plan are whole, and where others lack events', () => {
  const other = (part: Partial<PlanSegment>) => segment({ partition: 1, ...part });
  const parts = partsOfPlan(
    planOf('checkpoint', {
      segments: [
        segment({}),
        segment({ partition: 2 }),
        other({ from: '0', to: '5', log: null, fidelity: 'incomplete' }),
        other({ from: '5', to: '9' }),
        other({ from: '9', to: '10', log: null, fidelity: 'incomplete' }),
        other({ from: '10', to: '20' }),
        other({ from: '20', to: '22', log: null, fidelity: 'incomplete' }),
      ],
    }),
  );
  expect(parts).toMatchObject([
    { strategy: 'log-replay', partitions: [{ partition: 0 }, { partition: 2 }] },
    { strategy: 'checkpoint', partitions: [{ partition: 1 }], lost: { front: 5, inside: 1, end: 2 } },
  ]);
});
