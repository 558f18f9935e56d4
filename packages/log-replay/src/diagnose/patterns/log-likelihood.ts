/**
 * The log-likelihood ratio G of two shares, `a` of `ofA` against `b` of `ofB`: twice the information, in nats, that the
 * counts hold against one common share. Unlike Pearson's statistic it can be trusted where counts are small and shares
 * near 0 or 1: T. Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics 19
 * (1993), 61-74.
 */
export function logLikelihoodRatio(a: number, ofA: number, b: number, ofB: number): number {
  const all = ofA + ofB;
  const having = a + b;
  const lacking = all - having;
  const sum =
    term(a, having * ofA, all) +
    term(ofA - a, lacking * ofA, all) +
    term(b, having * ofB, all) +
    term(ofB - b, lacking * ofB, all);
  return Math.max(0, 2 * sum);
}

function term(observed: number, expectedTimesAll: number, all: number): number {
  return observed === 0 ? 0 : observed * Math.log((observed * all) / expectedTimesAll);
}

/**
 * The least G that counts as more than chance when `tests` properties were tried: the chance of a G above g is at most
 * about exp(-g / 2) (a Chernoff bound, which also holds where the usual chi-squared approximation is too kind), and the
 * level is shared among all that was tried (Bonferroni).
 */
export function leastConvincing(level: number, tests: number): number {
  return 2 * Math.log(Math.max(1, tests) / level);
}
