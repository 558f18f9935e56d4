import type { Plan } from '@eventmend/core';
import type { EnsembleBasis, EnsembleKey } from '@eventmend/core/engine';
import type { ReportJson } from '../../documents/report-document.js';
import type { Mask } from '../mask/mask.js';
import { shownText } from './shown-json.js';

type Estimates = NonNullable<ReportJson['estimates']>;

/** What was estimated, how far it may be off, and what shows how often such intervals hold; null where nothing was. */
export function estimatesOfPlan(
  { estimates }: Plan,
  comparison: ReportJson['comparison'],
  mask: Mask,
): ReportJson['estimates'] {
  if (estimates === undefined) return null;
  const { estimator, events, ensemble } = estimates;
  if (ensemble === undefined) return { estimator, events, ensemble: null, heldOut: null };
  const { members, donors, seed, sums, basis } = ensemble;
  return {
    ...{ estimator, events },
    ensemble: { members, donors, seed, sums: [...sums], basis: basis === undefined ? null : basisToJson(basis, mask) },
    heldOut: heldOutOf(comparison),
  };
}

/** What sums are likely to come to where no log is left. */
export function sumsOfPlan({ measures, ...sums }: NonNullable<Plan['sums']>): NonNullable<ReportJson['sums']> {
  return {
    ...sums,
    measures: measures.map(({ history, ...of }) => ({
      ...of,
      ...(history !== undefined && { history: [...history] }),
    })),
  };
}

function basisToJson({ gaps, measures, ...basis }: EnsembleBasis, mask: Mask) {
  return {
    ...basis,
    gaps: [...gaps],
    measures: measures.map(({ levels, path, keys, ...of }) => ({
      ...of,
      levels: [...levels],
      path: path.map(({ low, high, ...moment }) => ({ ...moment, low: [...low], high: [...high] })),
      // What a measure gives of one state may be a field that is hidden.
      keys: mask.hidesFields ? [] : keys.map((key) => keyToJson(key, mask)),
    })),
  };
}

function keyToJson({ key, low, high, ...of }: EnsembleKey, mask: Mask) {
  return { ...of, key: shownText(mask.key(key), 80), low: [...low], high: [...high] };
}

/** Healthy stretches that were hidden and estimated: how often the intervals of the sums held. */
function heldOutOf(comparison: ReportJson['comparison']): Estimates['heldOut'] {
  const sides = (comparison?.heldOut ?? []).flatMap((of) => of.sides.filter(({ name }) => name === 'estimation'));
  const told = sides.flatMap(({ measures }) =>
    measures.flatMap(({ interval }) => (interval?.holds == null ? [] : [interval])),
  );
  const [first] = told;
  if (first === undefined) return null;
  return {
    stretches: sides.length,
    level: first.level,
    intervals: told.length,
    held: told.filter(({ holds }) => holds).length,
  };
}
