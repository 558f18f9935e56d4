import type { FaultyFinding } from './check-report.js';
import type { KeyUnlikeLive, LiveReplay } from './replay-to-live.js';

/**
 * Three states of each key: that of the corrected worker, that of the version which was deployed, and the live one. Where
 * the first and the last are two, the second should be the last.
 */
export function explainWrongState(
  corrected: LiveReplay,
  faulty: LiveReplay,
): Omit<FaultyFinding, 'worker' | 'from' | 'reason'> {
  const ofFaulty = new Map(faulty.unlike.map((one) => [one.key, one]));
  const wrong = corrected.unlike.filter(({ determined }) => determined);
  const known = new Set(corrected.unlike.map(({ key }) => key));
  const unexplained = wrong.filter(({ key }) => ofFaulty.has(key));
  const notExplained = unexplained.filter(({ key }) => ofFaulty.get(key)?.determined === true);
  const contradicted = faulty.unlike.filter(({ key, determined }) => determined && !known.has(key));
  const undetermined = new Set([
    ...corrected.unlike.filter(({ determined }) => !determined).map(({ key }) => key),
    ...faulty.unlike.filter(({ determined }) => !determined).map(({ key }) => key),
  ]);
  const [first] = [...notExplained, ...contradicted];
  return {
    keys: corrected.cut?.comparison?.keys ?? 0,
    wrong: wrong.length,
    explained: wrong.length - unexplained.length,
    notExplained: notExplained.length,
    contradicted: contradicted.length,
    undetermined: undetermined.size,
    first: first === undefined ? null : allThree(first.key, corrected.unlike, ofFaulty.get(first.key)),
  };
}

function allThree(
  key: string,
  corrected: readonly KeyUnlikeLive[],
  faulty: KeyUnlikeLive | undefined,
): FaultyFinding['first'] {
  const right = corrected.find((one) => one.key === key);
  const at = (one: KeyUnlikeLive | undefined): string => (one === undefined ? 'as live' : `${one.path} ${one.derived}`);
  const shown = right ?? faulty;
  return {
    key,
    corrected: at(right),
    faulty: at(faulty),
    live: shown === undefined ? '' : `${shown.path} ${shown.live}`,
  };
}
