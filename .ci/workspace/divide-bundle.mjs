import { join } from 'node:path';
import { filesByName, staticImports } from './static-imports.mjs';

/**
 * Built files that are loaded together again and again, by the chunk that holds them and what these import, where the bundler would
 * make a chunk of each combination. A chunk has nothing of those before it.
 */
const loadedTogether = {
  core: {
    // What a thread of a replay loads, whatever the worker: the thread, its job, the archive, and the root of the package, from which
    // the worker module takes `defineWorker`.
    base: [
      'index.js',
      'engine/threads/job-thread.js',
      'runs/executor/lanes-job.js',
      'sources/archive/archive-module.js',
    ],
    // What planning and recovering load besides: these, and what `plannersOf` import by name.
    planning: ['incident/open/open-named.js', 'incident/file/read-incident.js'],
  },
  'log-replay': { planning: ['index.js'] },
  cli: {
    start: ['bin.js'],
    planning: [
      'program/run-command.js',
      'commands/plan.js',
      'commands/recover.js',
      'commands/assess.js',
      'commands/verify.js',
    ],
  },
};

const planners = ['log-replay', 'cli'];

/** Names that these take from core where they need them. */
const namesOnUse = { '@eventmend/core/sqlite': ['openRunCatalogue', 'listRunIds'] };

/** The entries of core of which planning needs a part: the root is small. */
const divided = ['engine', 'incident', 'sqlite', 'archive'].map((entry) => `@eventmend/core/${entry}`);

/** Where planners take from core what they need of these entries: a module of all such names, and of no other. */
const planningEntry = '@eventmend/core/bundle/planning.js';

const short = (name) => name.replace('@eventmend/', '');
const builtOf = (path, name) => join(path, '..', name, 'dist');
const rootsOf = (path, name, chunk) => loadedTogether[name][chunk].map((file) => join(builtOf(path, name), file));

/** The built files of the package and of those that its division depends on. */
export const builtBeside = (built) =>
  [...new Set(['core', ...planners])].map((name) => join(built, '..', '..', name, 'dist')).concat(built);

/** What planning and recovering import of core, by the file that has it. */
function plannedNames(path) {
  const roots = planners.flatMap((name) => Object.keys(loadedTogether[name]).flatMap((chunk) => rootsOf(path, name, chunk)));
  const { foreign } = staticImports(roots);
  return new Map(
    divided.flatMap((entry) => {
      const known = filesByName(join(builtOf(path, 'core'), `${short(entry).slice('core/'.length)}.js`));
      const names = [...(foreign.get(entry) ?? []), ...(namesOnUse[entry] ?? [])];
      return names.flatMap((name) => (known.has(name) ? [[name, known.get(name)]] : []));
    }),
  );
}

/** Takes names from the module that has no more than planning needs, and only the others from the entry that has them all. */
function takeFromPlanning(code, names) {
  const isDivided = (entry) => divided.includes(entry);
  const split = code.replace(/^(import|export) \{([^}]*)\} from '([^']+)';/gm, (whole, word, list, entry) => {
    if (!isDivided(entry)) return whole;
    const wanted = list.split(',').map((name) => name.trim()).filter((name) => name !== '');
    const isPlanned = (name) => names.has(name.split(' as ')[0]);
    const importOf = (some, from) => (some.length === 0 ? '' : `${word} { ${some.join(', ')} } from '${from}';`);
    return (
      importOf(wanted.filter(isPlanned), planningEntry) +
      importOf(wanted.filter((name) => !isPlanned(name)), entry)
    );
  });
  return split.replace(/\(await import\('([^']+)'\)\)\.(\w+)/g, (whole, entry, name) =>
    isDivided(entry) && names.has(name) ? `(await import('${planningEntry}')).${name}` : whole,
  );
}

/** How the bundle of a package is divided: groups of modules for chunks, its entries, and the plugin that makes both fit. */
export function divisionOf(packageName, path, ownEntries) {
  // An entry does something where it is loaded, and stands alone.
  const isEntry = (file) => Object.values(ownEntries).includes(file);
  const name = short(packageName);
  const names = plannedNames(path);
  const seen = new Set();
  const groups = Object.keys(loadedTogether[name] ?? {}).map((chunk, index) => {
    const more = name === 'core' && chunk === 'planning' ? names.values() : [];
    const roots = [...rootsOf(path, name, chunk), ...more];
    const files = [...staticImports(roots).files].filter((file) => !seen.has(file) && !isEntry(file));
    files.forEach((file) => seen.add(file));
    const own = new Set(files);
    return { name: chunk, test: (file) => own.has(file), priority: 10 - index };
  });
  const virtual = '\0planning';
  const plugin = {
    name: 'planning',
    resolveId: (id) => (id === virtual ? id : null),
    load: (id) =>
      id === virtual ? [...names].map(([each, file]) => `export { ${each} } from ${JSON.stringify(file)};`).join('\n') : null,
    transform: (code, id) =>
      name !== 'core' && id.startsWith(join(path, 'dist')) ? { code: takeFromPlanning(code, names), map: null } : null,
  };
  return { groups, entries: name === 'core' ? { ...ownEntries, planning: virtual } : ownEntries, plugin };
}
