import type { EnsembleBasis, EnsembleKey, EnsembleMeasure } from '@eventmend/core/engine';
import { conditionPart, type Conditioning } from './condition-on-total.js';
import type { EstimatedStates } from './estimated-states.js';
import type { FollowedMoment } from './follow-measures.js';
import type { TimeSpan } from './locate-gaps.js';
import { quantityOfMembers } from './member-intervals.js';
import type { MemberMeasures } from './member-measures.js';
import { randomSource, shuffle } from './random-source.js';

const most = { gaps: 24, measures: 6, widest: 12, sample: 8 };

/** What an ensemble rests on and how it went, in a size that does not grow with it. */
export function basisOfEstimate(
  { gaps, counts, seed }: Pick<EstimatedStates, 'gaps' | 'counts' | 'seed'>,
  history: TimeSpan,
  measures: MemberMeasures,
  moments: readonly FollowedMoment[],
  conditionings: ReadonlyMap<string, Conditioning>,
  donors: number,
): EnsembleBasis {
  return {
    history: { from: history.from, to: history.to },
    gaps: gaps.slice(0, most.gaps).map(({ offsets, from, to, events, donors: stretches, phase, isBounded }) => {
      const { topic, partition } = offsets;
      return { topic, partition, from, to, events, donors: stretches, phase, isBounded };
    }),
    gapsInAll: gaps.length,
    drawn: counts.drawn,
    failed: counts.failed,
    measures: measures.names.slice(0, most.measures).map((measure): EnsembleMeasure => {
      const rangeOf = rangesOf(donors, conditionings.get(measure));
      const keys = measures.reached().map((key) => ({ key, ...rangeOf.range(measures.ofKey(measure, key)) }));
      return {
        measure,
        leftOut: leftOutOf(rangeOf.conditioned(measures.sums(measure)), donors),
        levels: rangeOf.levels,
        path: moments.map(({ time, sums }) => ({ time, ...rangeOf.range(sums.get(measure)!) })),
        keys: chooseKeys(keys, seed),
        keysInAll: keys.length,
      };
    }),
  };
}

/** What members say of a number, at the levels at which as many donors say anything. */
function rangesOf(donors: number, conditioning: Conditioning | undefined) {
  const conditioned = (values: Float64Array): Float64Array =>
    // What is the same in all members does not depend on the total.
    conditioning === undefined || values.every((value) => value === values[0])
      ? values
      : conditionPart(values, conditioning);
  const bounded = (values: Float64Array) => quantityOfMembers(values, donors).intervals.filter(isBounded);
  return {
    conditioned,
    levels: bounded(new Float64Array(donors)).map(({ level }) => level),
    range(values: Float64Array) {
      const { estimate, intervals } = quantityOfMembers(conditioned(values), donors);
      const ends = intervals.filter(isBounded);
      return { estimate, low: ends.map(({ low }) => low), high: ends.map(({ high }) => high) };
    },
  };
}

function isBounded({ low, high }: { readonly low: number; readonly high: number }): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

/** @param values the first ones hold each donor once */
function leftOutOf(values: Float64Array, donors: number): EnsembleMeasure['leftOut'] {
  if (donors < 3) return null;
  const once = values.subarray(0, donors);
  const mean = once.reduce((sum, value) => sum + value, 0) / donors;
  const distance = once.reduce((sum, value) => sum + Math.abs(value - mean), 0) / donors;
  // From the mean of the others a value is further than from the mean of all.
  return { stretches: donors, meanError: (distance * donors) / (donors - 1) };
}

function chooseKeys(keys: readonly Omit<EnsembleKey, 'chosenAs'>[], seed: number): readonly EnsembleKey[] {
  const width = ({ low, high }: Omit<EnsembleKey, 'chosenAs'>): number => (high.at(-1) ?? 0) - (low.at(-1) ?? 0);
  const sorted = keys.toSorted((a, b) => width(b) - width(a) || (a.key < b.key ? -1 : 1));
  const others = shuffle(sorted.slice(most.widest), randomSource(seed, 'shown'));
  return [
    ...sorted.slice(0, most.widest).map((of) => ({ ...of, chosenAs: 'widest' as const })),
    ...others.slice(0, most.sample).map((of) => ({ ...of, chosenAs: 'sample' as const })),
  ];
}
