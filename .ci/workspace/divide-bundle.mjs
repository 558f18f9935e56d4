import { basename, join } from 'node:path';
import { workspacePackages } from './paths.mjs';
import { builtFiles, filesByName, staticImports } from './static-imports.mjs';

/**
 * Built files that are loaded together again and again, by the chunk that holds them and what these import, where the bundler would
 * make a chunk of each combination. A chunk has nothing of those before it. Of core, a chunk has what `takers` import by name, too.
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
    // What planning and recovering load besides; first, what the threads of other jobs share with them, none of which plans.
    shared: [],
    planning: ['incident/open/open-named.js', 'incident/file/read-incident.js'],
    // What these threads load besides.
    working: [],
    // What the lower tiers load besides.
    tiers: [],
  },
  'log-replay': { shared: [], planning: ['index.js'] },
  checkpoint: { shared: [], tiers: ['index.js'] },
  estimation: { shared: [], tiers: ['index.js'] },
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

/** Whose names of core a chunk of core has: those of the jobs of these packages, or of what they load together. */
const takers = {
  working: { packages: ['log-replay', 'checkpoint', 'estimation'], from: threadFiles },
  planning: { packages: ['log-replay', 'cli'], from: filesTogether },
  tiers: { packages: ['checkpoint', 'estimation'], from: filesTogether },
};

/** Names that planning takes from core where it needs them. */
const namesOnUse = { '@eventmend/core/sqlite': ['openRunCatalogue', 'listRunIds'] };

/** The entries of core that pass on the names of many files: the root is small. */
const divided = ['engine', 'incident', 'sqlite', 'archive', 'rows'].map((entry) => `@eventmend/core/${entry}`);

/** Modules of core that pass on the names of one chunk and no others. A name is taken from the first that has it. */
export const passedOn = ['errors', 'shared', 'planning', 'working', 'tiers'];
const moduleOf = (chunk) => `@eventmend/core/bundle/${chunk}.js`;

const short = (name) => name.replace('@eventmend/', '');
const builtOf = (path, name) => join(path, '..', name, 'dist');
const rootsOf = (path, name, chunk) => loadedTogether[name][chunk].map((file) => join(builtOf(path, name), file));
const minus = (files, ...others) => new Set([...files].filter((file) => !others.some((other) => other.has(file))));

function filesTogether(path, name) {
  return Object.keys(loadedTogether[name]).flatMap((chunk) => rootsOf(path, name, chunk));
}

/** The modules that a thread opens again what another has open. */
export const isOpenedAgain = (file) => /[\\/]dist[\\/]sources[\\/].*-module[.]js$/.test(file);

/** What threads begin with: their jobs, which package.json names, and what they open again. */
function threadFiles(path, name) {
  const { manifest } = workspacePackages('packages').find((each) => short(each.manifest.name) === name);
  const jobs = Object.values(manifest.imports ?? {}).map((target) => basename(target));
  return builtFiles(builtOf(path, name)).filter((file) => jobs.includes(basename(file)) || isOpenedAgain(file));
}

/** The built files of the package and of those that its division depends on. */
export const builtBeside = (built) =>
  [...new Set(['core', ...Object.values(takers).flatMap(({ packages }) => packages)])]
    .map((name) => builtOf(join(built, '..'), name))
    .concat(built);

/** The files of the names that an entry of core passes on. */
const namesOfEntry = (path, entry) =>
  filesByName(
    join(builtOf(path, 'core'), `${entry === '@eventmend/core' ? 'index' : short(entry).slice('core/'.length)}.js`),
  );

/** What the takers of a chunk import of core, by the file that has it. */
function takenNames(path, chunk) {
  const { packages, from } = takers[chunk];
  const { foreign } = staticImports(packages.flatMap((name) => from(path, name)));
  return new Map(
    divided.flatMap((entry) => {
      const known = namesOfEntry(path, entry);
      const names = [...(foreign.get(entry) ?? []), ...(chunk === 'planning' ? (namesOnUse[entry] ?? []) : [])];
      return names.flatMap((name) => (known.has(name) ? [[name, known.get(name)]] : []));
    }),
  );
}

/** What is passed on by each module that passes on the names of a chunk: files by name. */
function namesPassedOn(path) {
  const { files } = staticImports(rootsOf(path, 'core', 'errors'));
  const errors = new Map([...namesOfEntry(path, '@eventmend/core')].filter(([, file]) => files.has(file)));
  const taken = Object.fromEntries(Object.keys(takers).map((chunk) => [chunk, takenNames(path, chunk)]));
  const { base, shared } = filesOfChunks(join(path, '..', 'core'), 'core', taken);
  const isShared = ([, file]) => base.has(file) || shared.has(file);
  return { errors, shared: new Map(Object.values(taken).flatMap((names) => [...names].filter(isShared))), ...taken };
}

/** Takes names from the module that has few besides, and only the others from the entry that has them all. */
function takeFromChunks(code, namesBy) {
  const placeOf = (entry, name) => {
    if (entry === '@eventmend/core') return namesBy.errors.has(name) ? moduleOf('errors') : entry;
    const chunk = divided.includes(entry) && passedOn.slice(1).find((each) => namesBy[each].has(name));
    return chunk ? moduleOf(chunk) : entry;
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

/**
 * The files of each chunk of a package. What threads share with what plans stands in a chunk that does not plan; so do jobs that
 * are carried out without a thread as well.
 */
function filesOfChunks(path, name, namesBy) {
  const taken = (chunk) => (name === 'core' ? (namesBy[chunk]?.values() ?? []) : []);
  const loaded = (chunk) => staticImports([...rootsOf(path, name, chunk), ...taken(chunk)]).files;
  const chunks = Object.fromEntries(Object.keys(loadedTogether[name] ?? {}).map((chunk) => [chunk, loaded(chunk)]));
  if (chunks.shared === undefined) return chunks;
  const threads = new Set([...staticImports(threadFiles(path, name)).files, ...(chunks.working ?? [])]);
  const ofThreads = (files = []) => [...files].filter((file) => threads.has(file));
  if (name !== 'core') return { ...chunks, shared: new Set(ofThreads(chunks.planning ?? chunks.tiers)) };
  const { planning, tiers, working } = chunks;
  return { ...chunks, shared: new Set(ofThreads(planning)), working: new Set([...working, ...ofThreads(tiers)]) };
}

/** How the bundle of a package is divided: groups of modules for chunks, its entries, and the plugin that makes both fit. */
export function divisionOf(packageName, path, ownEntries) {
  const name = short(packageName);
  const namesBy = namesPassedOn(path);
  // An entry does something where it is loaded, and stands alone; what others load as well does not.
  const entries = new Set(Object.values(ownEntries));
  const seen = new Set();
  const groups = Object.entries(filesOfChunks(path, name, namesBy)).map(([chunk, files], index) => {
    const own = chunk === 'shared' || chunk === 'working' ? minus(files, seen) : minus(files, seen, entries);
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
