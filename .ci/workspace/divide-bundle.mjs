import { join } from 'node:path';
import { filesByName, staticImports } from './static-imports.mjs';

/**
 * Built files that are loaded together again and again, by the chunk that holds them and what these import, where the bundler would
 * make a chunk of each combination. A chunk has nothing of those before it.
 */
const loadedTogether = {
  core: {
    // What a command needs that does no more than to say what is wrong with its command line.
    errors: ['model/errors/recovery-error.js'],
    // What a thread of a replay loads, whatever the worker: the thread, its job, the archive, and the root of the package, from which
    // the worker module takes `defineWorker`.
    base: [
      'index.js',
      'engine/threads/job-thread.js',
      'runs/executor/lanes-job.js',
      'sources/archive/archive-module.js',
    ],
    // What planning and recovering load besides: these, and what `planners` import by name.
    planning: ['incident/open/open-named.js', 'incident/file/read-incident.js'],
  },
  'log-replay': { planning: ['index.js'] },
  cli: {
    start: ['program/run-process.js'],
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

/** Modules of core that pass on the names of one chunk and no others, where its entries pass on the names of many. */
const passedOn = ['errors', 'planning'];
const moduleOf = (chunk) => `@eventmend/core/bundle/${chunk}.js`;

const short = (name) => name.replace('@eventmend/', '');
const builtOf = (path, name) => join(path, '..', name, 'dist');
const rootsOf = (path, name, chunk) => loadedTogether[name][chunk].map((file) => join(builtOf(path, name), file));

/** The built files of the package and of those that its division depends on. */
export const builtBeside = (built) =>
  [...new Set(['core', ...planners])].map((name) => join(built, '..', '..', name, 'dist')).concat(built);

/** The files of the names that an entry of core passes on. */
const namesOfEntry = (path, entry) =>
  filesByName(
    join(builtOf(path, 'core'), `${entry === '@eventmend/core' ? 'index' : short(entry).slice('core/'.length)}.js`),
  );

/** What planning and recovering import of core, by the file that has it. */
function plannedNames(path) {
  const roots = planners.flatMap((name) =>
    Object.keys(loadedTogether[name]).flatMap((chunk) => rootsOf(path, name, chunk)),
  );
  const { foreign } = staticImports(roots);
  return new Map(
    divided.flatMap((entry) => {
      const known = namesOfEntry(path, entry);
      const names = [...(foreign.get(entry) ?? []), ...(namesOnUse[entry] ?? [])];
      return names.flatMap((name) => (known.has(name) ? [[name, known.get(name)]] : []));
    }),
  );
}

/** What is passed on by each module that passes on the names of a chunk: files by name. */
function namesPassedOn(path) {
  const { files } = staticImports(rootsOf(path, 'core', 'errors'));
  const errors = new Map([...namesOfEntry(path, '@eventmend/core')].filter(([, file]) => files.has(file)));
  return { errors, planning: plannedNames(path) };
}

/** Takes names from the module that has few besides, and only the others from the entry that has them all. */
function takeFromChunks(code, namesBy) {
  const placeOf = (entry, name) => {
    if (entry === '@eventmend/core') return namesBy.errors.has(name) ? moduleOf('errors') : entry;
    return divided.includes(entry) && namesBy.planning.has(name) ? moduleOf('planning') : entry;
  };
  const split = code.replace(
    /^(import|export) \{([^}]*)\} from '(@eventmend[/]core[^']*)';/gm,
    (_, word, list, entry) => {
      const byPlace = new Map();
      for (const name of list
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '')) {
        const place = placeOf(entry, name.split(' as ')[0]);
        byPlace.set(place, [...(byPlace.get(place) ?? []), name]);
      }
      return [...byPlace].map(([place, some]) => `${word} { ${some.join(', ')} } from '${place}';`).join('');
    },
  );
  return split.replace(
    /\(await import\('(@eventmend[/]core[^']*)'\)\)\.(\w+)/g,
    (_, entry, name) => `(await import('${placeOf(entry, name)}')).${name}`,
  );
}

/** How the bundle of a package is divided: groups of modules for chunks, its entries, and the plugin that makes both fit. */
export function divisionOf(packageName, path, ownEntries) {
  const name = short(packageName);
  const namesBy = namesPassedOn(path);
  // An entry does something where it is loaded, and stands alone.
  const isEntry = (file) => Object.values(ownEntries).includes(file);
  const seen = new Set();
  const groups = Object.keys(loadedTogether[name] ?? {}).map((chunk, index) => {
    const more = name === 'core' && chunk === 'planning' ? namesBy.planning.values() : [];
    const { files } = staticImports([...rootsOf(path, name, chunk), ...more]);
    const own = new Set([...files].filter((file) => !seen.has(file) && !isEntry(file)));
    own.forEach((file) => seen.add(file));
    return { name: chunk, test: (file) => own.has(file), priority: 10 - index };
  });
  const modules = name === 'core' ? passedOn : [];
  const plugin = {
    name: 'divide-bundle',
    resolveId: (id) => (modules.some((chunk) => id === `\0${chunk}`) ? id : null),
    load: (id) => {
      const chunk = modules.find((each) => id === `\0${each}`);
      if (chunk === undefined) return null;
      return [...namesBy[chunk]].map(([each, file]) => `export { ${each} } from ${JSON.stringify(file)};`).join('\n');
    },
    transform: (code, id) =>
      name !== 'core' && id.startsWith(join(path, 'dist')) ? { code: takeFromChunks(code, namesBy), map: null } : null,
  };
  return {
    groups,
    entries: { ...ownEntries, ...Object.fromEntries(modules.map((chunk) => [chunk, `\0${chunk}`])) },
    plugin,
  };
}
