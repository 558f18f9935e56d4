/** Steps of a path into a value: names and positions; `*` is any. */
export type PathSteps = readonly string[];

const step = /\.([^.[\]\s]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\*|\d+)\]/gy;

/** The steps of `$.items[3].card`; those that can be read, where something else stands behind them. */
export function parsePath(path: string): PathSteps {
  const steps: string[] = [];
  step.lastIndex = path.startsWith('$') ? 1 : 0;
  for (let found = step.exec(path); found !== null; found = step.exec(path)) {
    steps.push(found[1] ?? (found[2] === undefined ? found[3] : unescaped(found[2])) ?? '');
  }
  return steps;
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** The path of steps; the same that `parsePath` reads. */
export function formatPath(steps: PathSteps): string {
  return `$${steps.map((name) => (/^\d+$/.test(name) ? `[${name}]` : /^[^.[\]"\s\\]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join('')}`;
}
