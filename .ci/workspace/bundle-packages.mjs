import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inlinedLicences } from './inlined-licences.mjs';
import { workspacePackages } from './paths.mjs';

/**
 * Packages of others that become part of a bundle: they consist of many small files, or of code of which little is needed, and
 * every command loads them. All else stays outside, and drivers and addons must.
 */
const inlined = ['commander', 'csv-parse', 'fzstd', 'hysnappy', 'string-width', 'wrap-ansi', 'yaml', 'zod'];

/**
 * What a thread of a replay loads, whatever the worker: the thread, its job, the archive, and the root of the package, from which
 * the worker module takes `defineWorker`. One chunk of all that these import, where the bundler would make sixty.
 */
const loadedTogether = {
  '@eventmend/core': [
    'index.js',
    'engine/threads/job-thread.js',
    'runs/executor/lanes-job.js',
    'sources/archive/archive-module.js',
  ],
};

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name));

const isBundled = (target) => target?.startsWith('./bundle/');

/**
 * What is opened by its path: what package.json names (entries and commands in the first folder, jobs of threads in any), and
 * the modules that a thread opens again what another has open. They keep their names, and all lie in one folder, so that a
 * module finds those beside it.
 */
function entryFiles(built, { name, exports = {}, imports = {}, bin = {} }) {
  const named = [...Object.values(exports).map((target) => target.default), ...Object.values(bin)].filter(isBundled);
  const jobs = Object.values(imports)
    .filter(isBundled)
    .map((target) => basename(target));
  const isOpenedByPath = (file) =>
    jobs.includes(basename(file)) || (file.startsWith(join(built, 'sources')) && file.endsWith('-module.js'));
  const entries = [...named.map((target) => join(built, basename(target))), ...filesIn(built).filter(isOpenedByPath)];
  const byName = new Map(entries.map((file) => [basename(file, '.js'), file]));
  if (byName.size < entries.length) throw new Error(`two entries of the bundle of ${name} have one name`);
  return Object.fromEntries(byName);
}

/** The own files that are loaded with some files, without these: an entry does something where it is loaded. */
function staticImports(files) {
  const seen = new Set();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?\bfrom '([.][^']+)'/gm);
    for (const [, name] of imports) waiting.push(join(dirname(file), name));
  }
  for (const file of files) seen.delete(file);
  return seen;
}

/** Whether nothing was built since the bundle was made. */
function isFresh(built, bundle) {
  const made = statSync(join(bundle, 'index.js'), { throwIfNoEntry: false });
  return made !== undefined && filesIn(built).every((file) => statSync(file).mtimeMs <= made.mtimeMs);
}

/** Not the own files, nor the packages of others that are inlined, with what these need. */
const isExternal = (id, importer) => {
  if (/^([./\0]|@oxc-project[/]runtime[/])/.test(id)) return false;
  if (id.startsWith('node:') || importer === undefined) return true;
  return !inlined.includes(id) && !importer.includes('node_modules');
};

async function bundlePackage({ path, manifest }) {
  const built = join(path, 'dist');
  const bundle = join(path, 'bundle');
  if (!existsSync(built) || isFresh(built, bundle)) return;
  const { rolldown } = await import('rolldown');
  const base = staticImports((loadedTogether[manifest.name] ?? []).map((file) => join(built, file)));
  const graph = await rolldown({ input: entryFiles(built, manifest), platform: 'node', external: isExternal });
  // Beside it first: tests of another package may read the old one.
  const fresh = `${bundle}-${process.pid}`;
  const { output } = await graph.write({
    dir: fresh,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: false,
    codeSplitting: { groups: [{ name: 'base', test: (file) => base.has(file) }] },
  });
  await graph.close();
  const licences = inlinedLicences(output.flatMap(({ moduleIds }) => moduleIds ?? []));
  if (licences !== '') writeFileSync(join(fresh, 'LICENCES.txt'), licences);
  rmSync(bundle, { recursive: true, force: true });
  renameSync(fresh, bundle);
}

/**
 * Puts the some hundred files of each package into a few: Node takes a third of a millisecond for each file of a module graph,
 * and every command and every thread loads them.
 */
export async function bundlePackages() {
  for (const entry of workspacePackages('packages')) await bundlePackage(entry);
}
