import { nameFrom, readModuleGraph } from './module-graph.js';

/** What a module does that leads to code or data of which the worker's hash knows nothing. */
type UnhashedKind = 'computed-import' | 'renamed-require' | 'file-read';

export interface UnhashedCode {
  readonly kind: UnhashedKind;
  /** `worker.ts:12`. */
  readonly places: readonly string[];
}

const patterns: Readonly<Record<UnhashedKind, RegExp>> = {
  'computed-import': /(?<![.\w$])(?:import|require)\s*\(\s*(?:[^\s'"`)/]|`[^`\n]*\$\{)/g,
  // Where the result is called `require`, what it is asked for is found by that name.
  'renamed-require': /(?<!\brequire\s*=\s*(?:\w+\.)?)(?<![\w$])createRequire\s*\(/g,
  'file-read': /(?<![\w$])(?:readFile|readFileSync|createReadStream|openSync|readdir|readdirSync)\s*\(/g,
};

/** Looks through the user's own modules of a worker, by their text: what packages do is not looked for. */
export function findUnhashedCode(url: string): readonly UnhashedCode[] {
  const { entry, files } = readModuleGraph(url);
  const code = [...files].filter(([path]) => !path.endsWith('.json'));
  const kinds = Object.entries(patterns) as [UnhashedKind, RegExp][];
  return kinds.flatMap(([kind, pattern]) => {
    const places = code.flatMap(([path, source]) =>
      linesWith(pattern, source.toString('utf8')).map((line) => `${nameFrom(entry, path)}:${line}`),
    );
    return places.length === 0 ? [] : [{ kind, places }];
  });
}

function linesWith(pattern: RegExp, source: string): readonly number[] {
  return [...source.matchAll(pattern)].flatMap(({ index }) => {
    const start = source.lastIndexOf('\n', index) + 1;
    const isComment = /^\s*(?:\/\/|\*|\/\*)/.test(source.slice(start, index + 2));
    return isComment ? [] : [source.slice(0, index).split('\n').length];
  });
}
