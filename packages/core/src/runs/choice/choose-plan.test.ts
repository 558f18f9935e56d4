import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanFigures, RecoveryLimits } from '../../model/plan/recovery-choice.js';
import { fidelitiesFromWorst } from '../../model/provenance/provenance.js';
import { choosePlan, isWorseThanLive, losesNothing, type WeighedPlan } from './choose-plan.js';
import { brokenLimits } from './limits.js';

const strategies = ['log-replay', 'checkpoint', 'estimation'] as const;

function planOf(strategy: WeighedPlan['strategy'], figures: Partial<PlanFigures> = {}): WeighedPlan {
  return {
    strategy,
    figures: {
      expectedWrongKeys: null,
      liveWrongKeys: null,
      keepsLive: false,
      replayedEvents: 1000,
      neededEvents: 1100,
      lostEvents: 100,
      fidelity: 'incomplete',
      durationMs: null,
      slowestMs: null,
      ...figures,
    },
  };
}

const maybe = (max: number) => fc.option(fc.nat(max), { nil: null });
const figures: fc.Arbitrary<PlanFigures> = fc
  .record({
    expectedWrongKeys: maybe(5),
    liveWrongKeys: maybe(5),
    keepsLive: fc.boolean(),
    replayedEvents: fc.nat(3),
    lostEvents: maybe(3),
    fidelity: fc.constantFrom(...fidelitiesFromWorst),
    durationMs: maybe(3),
  })
  .map((drawn) => ({
    ...drawn,
    neededEvents: drawn.lostEvents === null ? null : drawn.replayedEvents + drawn.lostEvents,
    slowestMs: drawn.durationMs,
  }));
const plan: fc.Arbitrary<WeighedPlan> = fc.record({ strategy: fc.constantFrom(...strategies), figures });
const limits: fc.Arbitrary<RecoveryLimits> = fc
  .record({
    maxLoss: fc.option(
      fc.oneof(fc.record({ events: fc.nat(3) }), fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }) })),
      {
        nil: undefined,
      },
    ),
    deadlineMs: fc.option(fc.nat(3), { nil: undefined }),
    minFidelity: fc.option(fc.constantFrom(...fidelitiesFromWorst), { nil: undefined }),
  })
  .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)));
const settings = { numRuns: 2000, seed: 39 };

describe('the plan that is chosen', () => {
  it('is never expected to be worse than the live state (property)', () => {
    fc.assert(
      fc.property(fc.array(plan), limits, (plans, within) => {
        const { chosen } = choosePlan(plans, within);
        if (chosen !== null) expect(isWorseThanLive(chosen.figures)).toBe(false);
        else expect(plans.every((one) => isWorseThanLive(one.figures))).toBe(true);
      }),
      settings,
    );
  });

  it('is the same in whatever order the plans stand (property)', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(plan, { selector: ({ strategy }) => strategy })
          .chain((plans) => fc.tuple(fc.constant(plans), fc.shuffledSubarray(plans, { minLength: plans.length }))),
        limits,
        ([plans, shuffled], within) => {
          expect(choosePlan(shuffled, within)).toEqual(choosePlan(plans, within));
        },
      ),
      settings,
    );
  });

  it('does not become worse by one plan more, in none of what it is weighed by first (property)', () => {
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1 }), plan, limits, (plans, more, within) => {
        const before = choosePlan(plans, within).chosen;
        const after = choosePlan([...plans, more], within).chosen;
        if (before === null) return;
        const broken = (one: WeighedPlan | null) => brokenLimits(one!.figures, within).length;
        expect(broken(after)).toBeLessThanOrEqual(broken(before));
        if (broken(after) < broken(before)) return;
        const wrong = (one: WeighedPlan | null) => one!.figures.expectedWrongKeys ?? Infinity;
        expect(wrong(after)).toBeLessThanOrEqual(wrong(before));
        if (wrong(after) < wrong(before)) return;
        expect(after!.figures.keepsLive || !before.figures.keepsLive).toBe(true);
        if (after!.figures.keepsLive && !before.figures.keepsLive) return;
        expect(after!.figures.lostEvents ?? Infinity).toBeLessThanOrEqual(before.figures.lostEvents ?? Infinity);
      }),
      settings,
    );
  });

  it('holds the limits wherever a plan does, and else says which it does not hold (property)', () => {
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1 }), limits, (plans, within) => {
        const { chosen, broken } = choosePlan(plans, within);
        if (chosen === null) return;
        const holding = plans.some(
          (one) => !isWorseThanLive(one.figures) && brokenLimits(one.figures, within).length === 0,
        );
        expect(broken.length === 0).toBe(holding);
      }),
      settings,
    );
  });

  it.each([
    ['fewest keys wrong, before fewest events lost', { expectedWrongKeys: 5 }, { expectedWrongKeys: 6, lostEvents: 1 }],
    ['what is known before what is not', { expectedWrongKeys: 5000 }, { expectedWrongKeys: null, lostEvents: 1 }],
    ['what keeps live values, where nobody knows more', { keepsLive: true, lostEvents: 9 }, { lostEvents: 1 }],
    ['fewest events lost, before the better word', { lostEvents: 2 }, { lostEvents: 3, fidelity: 'interpolated' }],
    ['the better word', { fidelity: 'interpolated' }, { fidelity: 'incomplete' }],
    ['what replays less', { replayedEvents: 1 }, { replayedEvents: 2 }],
  ] as const)('has %s', (_, better, worse) => {
    const [good, bad] = [planOf('estimation', better), planOf('log-replay', worse)];
    expect(choosePlan([bad, good]).chosen).toBe(good);
  });

  it('is that of the better tier where all is equal, whatever was measured', () => {
    const slow = planOf('log-replay', { durationMs: 9000 });
    const choice = choosePlan([planOf('checkpoint', { durationMs: 1 }), slow]);
    expect([choice.chosen, choice.reason]).toEqual([slow, 'tier']);
  });
});

describe('limits', () => {
  it('are not held by what is not known', () => {
    expect(brokenLimits(planOf('log-replay').figures, { deadlineMs: 60_000 })).toEqual([
      { kind: 'deadline', limit: 60_000, value: null },
    ]);
  });

  it('take the slowest that was measured for the time', () => {
    const { figures: measured } = planOf('log-replay', { durationMs: 50_000, slowestMs: 61_000 });
    expect(brokenLimits(measured, { deadlineMs: 60_000 })).toHaveLength(1);
    expect(brokenLimits(measured, { deadlineMs: 61_000 })).toEqual([]);
  });

  it('count events, or a share of all that are needed', () => {
    const { figures: of } = planOf('log-replay', { lostEvents: 110, neededEvents: 1100 });
    expect(brokenLimits(of, { maxLoss: { share: 0.1 } })).toEqual([]);
    expect(brokenLimits(of, { maxLoss: { share: 0.0999 } })).toHaveLength(1);
    expect(brokenLimits(of, { maxLoss: { events: 110 } })).toEqual([]);
    expect(brokenLimits(of, { maxLoss: { events: 109 } })).toEqual([
      { kind: 'max-loss', limit: { events: 109 }, value: 110 },
    ]);
  });

  it('decide between complete and quick', () => {
    const whole = planOf('log-replay', { lostEvents: 0, fidelity: 'exact', durationMs: 900_000, slowestMs: 900_000 });
    const quick = planOf('checkpoint', { durationMs: 1000, slowestMs: 1000 });
    expect(choosePlan([whole, quick]).chosen).toBe(whole);
    const choice = choosePlan([whole, quick], { deadlineMs: 60_000 });
    expect([choice.chosen, choice.reason]).toEqual([quick, 'limits']);
  });
});

it('loses nothing only where nothing stands in for anything', () => {
  const words = fidelitiesFromWorst.filter((fidelity) =>
    losesNothing(planOf('checkpoint', { lostEvents: 0, fidelity }).figures),
  );
  expect(words).toEqual(['unproven', 'declared', 'exact']);
});
