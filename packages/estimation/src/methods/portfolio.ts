import { combine } from './combination.js';
import { covariateRatio } from './covariate-ratio.js';
import { interpolateDecomposed } from './decomposition.js';
import { decompositionSmoothing, simpleExponentialSmoothing } from './exponential-smoothing.js';
import { intermittentDemand } from './intermittent-demand.js';
import { linearInterpolation } from './linear-interpolation.js';
import { localLevelModel } from './local-level-model.js';
import type { Method } from './method.js';
import { monotoneInterpolation } from './monotone-interpolation.js';
import { besideGap, localMean, profileAtLevel, wholeSeason } from './profile-level.js';
import { remember } from './remember.js';
import { slotMean } from './slot-mean.js';

/** On which side of the gap something is known: on both, or only before it. */
export type GapSide = 'middle' | 'end';

export type MethodName = keyof typeof methods;

/** The one that stays unless another is clearly better. */
export const baselineMethod = 'slot-mean-4' satisfies MethodName;

const [nearestEight, seasonAtLocalLevel, levelModel] = [slotMean(8), profileAtLevel(wholeSeason), localLevelModel].map(
  remember,
) as [Method, Method, Method];

const methods = {
  'slot-mean-2': slotMean(2),
  'slot-mean-4': slotMean(4),
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
  'intermittent-demand': intermittentDemand,
  combination: combine([nearestEight, seasonAtLocalLevel, levelModel]),
  'covariate-ratio': covariateRatio,
} as const satisfies Record<string, Method>;

const onOneSideOnly: Partial<Record<MethodName, GapSide>> = {
  'decomposition-interpolation': 'middle',
  'linear-interpolation': 'middle',
  'monotone-interpolation': 'middle',
  'decomposition-smoothing': 'end',
  'exponential-smoothing': 'end',
  'intermittent-demand': 'end',
};

/** The methods that are tried for a gap on one side. */
export function portfolioFor(side: GapSide): readonly (readonly [MethodName, Method])[] {
  return (Object.entries(methods) as [MethodName, Method][]).filter(([name]) => (onOneSideOnly[name] ?? side) === side);
}

export function methodNamed(name: MethodName): Method {
  return methods[name];
}
