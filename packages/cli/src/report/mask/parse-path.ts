/** Steps of a path into a value: names and positions; `*` is any. */
export type PathSteps = readonly string[];

const step = /\.([^.[\]\s]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\*|\d+)\]/gy;

/** The steps of `$.items[3].card`; those that can be read, where something else stands behind them. */
export function parsePath(path: string): PathSteps {
  const steps: string[] = [];
  step.lastIndex = path.startsWith('$') ? 1 : 0;
  for (let found = step.exec(path); found !== null; found = step.exec(path)) {
    steps.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return steps;
}
