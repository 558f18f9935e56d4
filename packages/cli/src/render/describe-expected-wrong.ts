import { formatCount } from '../terminal/format.js';

/** How many keys are expected to be wrong, by what is done about them. */
export function describeExpectedWrong(expected: {
  readonly rebuilt: number;
  readonly live: number | null;
  readonly chosen: number | null;
}): string {
  const { rebuilt, live, chosen } = expected;
  const rounded = (keys: number): string => formatCount(Math.round(keys));
  return live === null || chosen === null
    ? `${rounded(rebuilt)} if all were rebuilt`
    : `${rounded(rebuilt)} if all were rebuilt, ${rounded(live)} if nothing were done, ${rounded(chosen)} as chosen`;
}
