import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** All built files of a folder and those in it. */
export const builtFiles = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name));

/** What a built file imports at its top: the names (none for a re-export of another kind, or where only the module runs) and from where. */
const importsOf = (text) =>
  [...text.matchAll(/^(?:import|export)\b\s*(?:\{([^}]*)\}|[^;{}']*?)\s*(?:from )?'([^']+)';/gm)].map(
    ([, names = '', from]) => ({
      names: names
        .split(',')
        .map((name) => name.trim().split(' as ')[0])
        .filter((name) => name !== ''),
      from,
    }),
  );

/**
 * The built files that are loaded with some files, these included, and what they import of other packages.
 *
 * @returns {{ files: Set<string>, foreign: Map<string, Set<string>> }} paths; names by the module that they are imported from
 */
export function staticImports(roots) {
  const files = new Set();
  const foreign = new Map();
  const waiting = [...roots];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const { names, from } of importsOf(readFileSync(file, 'utf8'))) {
      if (from.startsWith('.')) waiting.push(join(dirname(file), from));
      else foreign.set(from, new Set([...(foreign.get(from) ?? []), ...names]));
    }
  }
  return { files, foreign };
}

/** Where the names of an entry that only passes them on stand: the own file by the name. */
export function filesByName(entry) {
  if (!existsSync(entry)) return new Map();
  const named = importsOf(readFileSync(entry, 'utf8')).filter(({ from }) => from.startsWith('.'));
  return new Map(named.flatMap(({ names, from }) => names.map((name) => [name, join(dirname(entry), from)])));
}
