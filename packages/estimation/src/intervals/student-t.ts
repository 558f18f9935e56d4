import { probit } from 'simple-statistics';

/**
 * What a variable of Student's t distribution stays below with a probability above a half: the expansion around the normal
 * quantile of Abramowitz & Stegun 1964, 26.7.5, off by 1 % at two degrees of freedom and by less above.
 * @param degrees of freedom, 1 or more, and not only whole ones
 */
export function studentQuantile(probability: number, degrees: number): number {
  const z = probit(probability);
  const square = z * z;
  const terms = [
    (square + 1) / 4,
    ((5 * square + 16) * square + 3) / 96,
    (((3 * square + 19) * square + 17) * square - 15) / 384,
    ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92_160,
  ];
  return terms.reduce((sum, term, at) => sum + (z * term) / degrees ** (at + 1), z);
}
