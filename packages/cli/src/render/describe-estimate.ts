import type { Assumption, Backtest, MethodName } from '@eventmend/estimation';
import { countOf, formatCount } from '../terminal/format.js';
import { formatPercent, roundAs } from './round-estimate.js';

const methodWords = {
  'slot-mean-2': 'mean of the two nearest slots of the same phase',
  'slot-mean-4': 'mean of the four nearest slots of the same phase',
  'slot-mean-8': 'mean of the eight nearest slots of the same phase',
  'slot-mean-all': 'mean of all slots of the same phase within eight seasons',
  'profile-level': 'profile of the season x local level',
  'local-mean': 'local mean without a season',
  autoregression: 'autoregression without the season',
  'autoregression-of-changes': 'autoregression of the changes, without the season',
  autoregressions: 'mean of two autoregressions without the season, of the values and of their changes',
  trends: 'mean of a damped trend and an autoregression of the changes, without the season',
  'decomposition-smoothing': 'decomposition with a damped trend',
  'linear-interpolation': 'straight line',
  'monotone-interpolation': 'monotone cubic',
  'exponential-smoothing': 'simple exponential smoothing with a season',
  'seasonal-smoothing': 'smoothing of level, day and week',
  'slot-mean-and-smoothing':
    'mean of the four nearest slots of the same phase, and of a smoothing of level, day and week',
  'intermittent-demand': 'Teunter, Syntetos and Babai, for intermittent series',
  combination: 'mean of three methods',
  'last-level': 'the last level, carried on',
  'level-changes-4': 'the last level, and the mean of four changes of the same phase',
  'level-changes-all': 'the last level, and the mean of all changes of the same phase within eight seasons',
  'covariate-ratio': 'deviation of the covariate from its slot means',
} as const satisfies Record<MethodName, string>;

function describeMethod(method: MethodName): string {
  return methodWords[method];
}

/** The chosen method and how it did, beside the baseline. */
export function describeChoice(method: MethodName, { scores, baseline, selection, phase }: Backtest): string {
  const error = (name: MethodName) => {
    const score = scores.find((of) => of.method === name);
    if (score === undefined) return 'unknown';
    return score.relativeError === null
      ? roundAs(score.meanError, score.meanError)
      : formatPercent(score.relativeError);
  };
  const place =
    method === baseline
      ? `the baseline: none of ${countOf(scores.length - 1, 'other method')} is better`
      : `better than the baseline (${error(baseline)}), of ${countOf(scores.length, 'method')}`;
  const kind = phase === 'season' ? 'of this kind' : phase === 'day' ? 'at this time of day' : 'of this length';
  return `${describeMethod(method)}; error ${error(method)} in a backtest of ${countOf(selection, 'gap')} ${kind}; ${place}`;
}

/** Whether intervals made of one half of the gaps hold in the other: errors that drift with time show there. */
export function describeCoverage({ coverage, calibration, isApart }: Backtest): string {
  const gaps = countOf(calibration, isApart ? 'other gap' : 'gap');
  const known = coverage.filter(({ later, earlier }) => later !== null && earlier !== null);
  const [first] = known;
  if (first === undefined) return `${gaps}: too few to hold the intervals of one half against the other`;
  const levels = known.map(({ level }) => formatPercent(level).replace(' %', '')).join(', ');
  const later = known.map((of) => formatCount(of.later?.covered ?? 0)).join(', ');
  const earlier = known.map((of) => formatCount(of.earlier?.covered ?? 0)).join(', ');
  return (
    `of ${gaps} in two halves, intervals of ${levels} % from the earlier held in ${later} of ` +
    `${formatCount(first.later?.of ?? 0)} later, from the later in ${earlier} of ${formatCount(first.earlier?.of ?? 0)} earlier`
  );
}

/** @param uncertainty half the width of the interval, for digits */
export function describeAssumption({ code, ifNot }: Assumption, uncertainty: number): string {
  const figures = ifNot.map((value) => roundAs(value, uncertainty)).join(' or ');
  const otherwise = figures === '' ? '' : ` (otherwise ${figures})`;
  switch (code) {
    case 'level-between':
      return `the level went from that before the gap to that behind it${figures === '' ? '' : ` (either alone: ${figures})`}`;
    case 'level-stays':
      return 'the level stayed as it was before the gap';
    case 'covariate-elasticity':
      return `it follows the covariate as in the history${figures === '' ? '' : ` (by the same share: ${figures})`}`;
    case 'no-holiday':
      return `no holiday that was not given${figures === '' ? '' : ` (if all days were like the lowest of the week: ${figures})`}`;
    case 'outliers-belong':
      return `outliers are part of the history${figures === '' ? '' : ` (without them ${figures})`}`;
    case 'non-negative':
      return 'nothing is below zero, as in all of the history';
    case 'phase-relaxed':
      return 'gaps at other places of the season tell about this one';
    case 'shared-masks':
      return `the method was chosen on the gaps that the interval comes from${otherwise}`;
    case 'few-masks':
      return 'too few gaps to compare methods: the baseline was taken';
    case 'overlapping-masks':
      return 'gaps of the backtest overlap or err alike, so that the interval rests on few';
    case 'no-variation':
      return 'what never changed did not change here';
    case 'month-end':
      return 'the end of the month is a day like others';
  }
}
