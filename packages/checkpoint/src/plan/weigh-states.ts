import type { KeyFindings } from '@eventmend/core/engine';

/** How many keys of which nothing is told are expected to be wrong, by where they begin. */
export interface ExpectedWrong {
  /** At the older state: wrong where one of the missing events named the key. */
  readonly older: number;
  /** At the newer one: as often as the keys that are told of. */
  readonly newer: number;
}

/**
 * Weighs two states for the keys that nothing is told of.
 *
 * The older one: missing events are taken to fall on these keys as unevenly as the known ones fall on the keys that are told of
 * (a Poisson number with a gamma-distributed mean: Greenwood and Yule 1920), and one is enough to make a value wrong.
 *
 * The newer one: its keys are wrong as often as those that are told of, by Laplace's rule of succession and one standard
 * deviation of that estimate above it. The error may be where nothing is told, so few keys that agree show little.
 * @param missing events that the older one alone would lack, and the newer one has seen
 */
export function weighStates(
  { wrong, agreeing, unknown, unevenness }: Pick<KeyFindings, 'wrong' | 'agreeing' | 'unknown' | 'unevenness'>,
  missing: number,
): ExpectedWrong {
  if (unknown === 0) return { older: 0, newer: 0 };
  const each = missing / unknown;
  const spared = unevenness === 0 ? Math.exp(-each) : (1 + each * unevenness) ** (-1 / unevenness);
  const told = wrong.length + agreeing.length;
  const share = (wrong.length + 1) / (told + 2);
  const deviation = Math.sqrt((share * (1 - share)) / (told + 3));
  return { older: unknown * (1 - spared), newer: unknown * Math.min(1, share + deviation) };
}
