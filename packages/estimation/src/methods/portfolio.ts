import { combine } from './combination.js';
import { covariateRatio } from './covariate-ratio.js';
import { interpolateDecomposed } from './decomposition.js';
import { decompositionSmoothing, simpleExponentialSmoothing } from './exponential-smoothing.js';
import { intermittentDemand } from './intermittent-demand.js';
import { lastLevel, levelChanges } from './level-changes.js';
import { linearInterpolation } from './linear-interpolation.js';
import { localLevelModel } from './local-level-model.js';
import type { Method } from './method.js';
import { monotoneInterpolation } from './monotone-interpolation.js';
import { besideGap, localMean, profileAtLevel, wholeSeason } from './profile-level.js';
import { remember } from './remember.js';
import { seasonalSmoothing } from './seasonal-smoothing.js';
import { slotMean } from './slot-mean.js';
import type { Measure } from '../series/series.js';

/** On which side of the gap something is known: on both, or only before it. */
export type GapSide = 'middle' | 'end';

export type MethodName = keyof typeof methods;

/** The one that stays in the middle unless another is clearly better. */
export const baselineMethod = 'slot-mean-4' satisfies MethodName;

/**
 * The same for what is estimated. At the end nothing behind the gap holds the slot mean, and its mean with a smoothing that is of the last
 * days is better. A level at the end is where it was, and goes on as it used to: the mean of its slots is far from a level that grows or
 * wanders, as sums over states do.
 */
export function baselineFor(side: GapSide, measure: Measure): MethodName {
  if (side === 'middle') return baselineMethod;
  return measure === 'level' ? 'level-changes-4' : 'slot-mean-and-smoothing';
}

const [nearestFour, nearestEight, seasonAtLocalLevel, levelModel, twoSeasons] = [
  slotMean(4),
  slotMean(8),
  profileAtLevel(wholeSeason),
  localLevelModel,
  seasonalSmoothing,
].map(remember) as [Method, Method, Method, Method, Method];

const methods = {
  'slot-mean-2': slotMean(2),
  'slot-mean-4': nearestFour,
  'slot-mean-8': nearestEight,
  'slot-mean-all': slotMean(Infinity),
  'profile-level': seasonAtLocalLevel,
  'profile-near-level': profileAtLevel(besideGap),
  'local-mean': localMean,
  'decomposition-interpolation': interpolateDecomposed,
  'decomposition-smoothing': decompositionSmoothing,
  'linear-interpolation': linearInterpolation,
  'monotone-interpolation': monotoneInterpolation,
  'local-level-model': levelModel,
  'exponential-smoothing': simpleExponentialSmoothing,
  'seasonal-smoothing': twoSeasons,
  'slot-mean-and-smoothing': combine([nearestFour, twoSeasons]),
  'intermittent-demand': intermittentDemand,
  combination: combine([nearestEight, seasonAtLocalLevel, levelModel]),
  'covariate-ratio': covariateRatio,
  'last-level': lastLevel,
  'level-changes-4': levelChanges(4),
  'level-changes-all': levelChanges(Infinity),
} as const satisfies Record<string, Method>;

const onOneSideOnly: Partial<Record<MethodName, GapSide>> = {
  'decomposition-interpolation': 'middle',
  'linear-interpolation': 'middle',
  'monotone-interpolation': 'middle',
  'decomposition-smoothing': 'end',
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
