import type { KeyFindings } from '@eventmend/core/engine';

/** How many keys of which nothing is told are expected to be wrong, by where they begin. */
export interface ExpectedWrong {
  /** At the older state: wrong where one of the lost events named the key. */
  readonly older: number;
  /** At the newer one: as often as the keys that are told of. */
  readonly newer: number;
}

/**
 * Weighs two states for the keys that nothing is told of. Lost events are taken to fall on these keys evenly, and one is
 * enough to make a value wrong; of the newer state one more key is counted wrong than was seen (Laplace's rule of
 * succession): that none was seen does not show that none is.
 * @param lost offsets between the two whose events no log gives
 */
export function weighStates(
  { wrong, agreeing, unknown }: Pick<KeyFindings, 'wrong' | 'agreeing' | 'unknown'>,
  lost: number,
): ExpectedWrong {
  if (unknown === 0) return { older: 0, newer: 0 };
  const told = wrong.length + agreeing.length;
  return {
    older: unknown * (1 - Math.exp(-lost / unknown)),
    newer: (unknown * (wrong.length + 1)) / (told + 2),
  };
}
