import { autoregression } from './autoregression.js';
import { combine } from './combination.js';
import { covariateRatio } from './covariate-ratio.js';
import { decompositionSmoothing, simpleExponentialSmoothing } from './exponential-smoothing.js';
import { dayOf } from './history.js';
import { intermittentDemand } from './intermittent-demand.js';
import { lastLevel, levelChanges } from './level-changes.js';
import { linearInterpolation } from './linear-interpolation.js';
import type { Method } from './method.js';
import { monotoneInterpolation } from './monotone-interpolation.js';
import { localMean, profileAtLevel, wholeSeason } from './profile-level.js';
import { remember } from './remember.js';
import { seasonalSmoothing } from './seasonal-smoothing.js';
import { slotMean } from './slot-mean.js';
import type { Measure } from '../series/series.js';

/** On which side of the gap something is known: on both, or only before it. */
export type GapSide = 'middle' | 'end';

export type MethodName = keyof typeof methods;

/** Tells how much a mask holds, so that the errors of large ones do not decide alone. */
export const referenceMethod = 'slot-mean-4' satisfies MethodName;

/**
 * What is estimated with unless another does better. In the middle what is left without season goes from one side to the other as it goes on
 * elsewhere; at the end it goes on, with what trend it has. Each is the mean of two that know different things. Hours at the end are as they were in
 * other weeks and in the last days, and a level is where it was, and goes on as it used to.
 */
export function baselineFor(side: GapSide, measure: Measure, season: number): MethodName {
  if (side === 'middle') return 'autoregressions';
  if (measure === 'level') return 'level-changes-4';
  return dayOf(season) > 0 ? 'slot-mean-and-smoothing' : 'trends';
}

/** Baselines that only give way to what is clearly better: a little less of an error in forty masks was none in the gap, where that was tried. */
export const steadyBaselines: ReadonlySet<MethodName> = new Set<MethodName>([
  'slot-mean-and-smoothing',
  'level-changes-4',
]);

const [nearestFour, nearestEight, seasonAtLocalLevel, twoSeasons, ofValues, ofChanges, dampedTrend] = [
  slotMean(4),
  slotMean(8),
  profileAtLevel(wholeSeason),
  seasonalSmoothing,
  autoregression('values'),
  autoregression('changes'),
  decompositionSmoothing,
].map(remember) as [Method, Method, Method, Method, Method, Method, Method];

const methods = {
  'slot-mean-2': slotMean(2),
  'slot-mean-4': nearestFour,
  'slot-mean-8': nearestEight,
  'slot-mean-all': slotMean(Infinity),
  'profile-level': seasonAtLocalLevel,
  'local-mean': localMean,
  autoregression: ofValues,
  'autoregression-of-changes': ofChanges,
  autoregressions: combine([ofValues, ofChanges]),
  'decomposition-smoothing': dampedTrend,
  trends: combine([dampedTrend, ofChanges]),
  'linear-interpolation': linearInterpolation,
  'monotone-interpolation': monotoneInterpolation,
  'exponential-smoothing': simpleExponentialSmoothing,
  'seasonal-smoothing': twoSeasons,
  'slot-mean-and-smoothing': combine([nearestFour, twoSeasons]),
  'intermittent-demand': intermittentDemand,
  combination: combine([nearestEight, seasonAtLocalLevel, ofValues]),
  'covariate-ratio': covariateRatio,
  'last-level': lastLevel,
  'level-changes-4': levelChanges(4),
  'level-changes-all': levelChanges(Infinity),
} as const satisfies Record<string, Method>;

const onOneSideOnly: Partial<Record<MethodName, GapSide>> = {
  'linear-interpolation': 'middle',
  'monotone-interpolation': 'middle',
  'decomposition-smoothing': 'end',
  trends: 'end',
  'exponential-smoothing': 'end',
  'seasonal-smoothing': 'end',
  'slot-mean-and-smoothing': 'end',
  'intermittent-demand': 'end',
  'last-level': 'end',
  'level-changes-4': 'end',
  'level-changes-all': 'end',
};

/** What they carry on is a level: of a sum or a count the last slot says nothing of the next. */
const ofLevelsOnly: ReadonlySet<MethodName> = new Set(['last-level', 'level-changes-4', 'level-changes-all']);

/** The methods that are tried for a gap on one side. */
export function portfolioFor(side: GapSide, measure: Measure): readonly (readonly [MethodName, Method])[] {
  return (Object.entries(methods) as [MethodName, Method][]).filter(
    ([name]) => (onOneSideOnly[name] ?? side) === side && (measure === 'level' || !ofLevelsOnly.has(name)),
  );
}

export function methodNamed(name: MethodName): Method {
  return methods[name];
}
