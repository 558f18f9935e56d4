import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inlinedLicences } from './inlined-licences.mjs';
import { builtBeside, divisionOf, isOpenedAgain } from './divide-bundle.mjs';
import { root, workspacePackages } from './paths.mjs';
import { builtFiles } from './static-imports.mjs';

/**
 * Packages of others that become part of a bundle: they consist of many small files, or of code of which little is needed, and
 * every command loads them. All else stays outside, and drivers and addons must.
 */
const inlined = ['commander', 'csv-parse', 'fzstd', 'hysnappy', 'string-width', 'wrap-ansi', 'yaml', 'zod'];

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
  const isOpenedByPath = (file) => jobs.includes(basename(file)) || isOpenedAgain(file);
  const entries = [
    ...named.map((target) => join(built, basename(target))),
    ...builtFiles(built).filter(isOpenedByPath),
  ];
  const byName = new Map(entries.map((file) => [basename(file, '.js'), file]));
  if (byName.size < entries.length) throw new Error(`two entries of the bundle of ${name} have one name`);
  return Object.fromEntries(byName);
}

/** Whether nothing was built since the bundle was made, neither of the package nor of what decides how it is divided. */
function isFresh(roots, bundle) {
  const made = statSync(join(bundle, 'index.js'), { throwIfNoEntry: false });
  return made !== undefined && roots.flatMap(builtFiles).every((file) => statSync(file).mtimeMs <= made.mtimeMs);
}

/** Not the own files, nor the packages of others that are inlined, with what these need. */
const isExternal = (id, importer) => {
  if (/^([./\0]|@oxc-project[/]runtime[/])/.test(id)) return false;
  if (id.startsWith('node:') || importer === undefined) return true;
  return !inlined.includes(id) && !importer.includes('node_modules');
};

/** Splitting text into what is seen as one character takes 12 ms to prepare, and most text needs none of it. */
const segmenterOnUse = {
  name: 'segmenter-on-use',
  transform(code, id) {
    if (!/node_modules[\\/](string-width|wrap-ansi)[\\/]/.test(id)) return null;
    const made = 'const segmenter = new Intl.Segmenter();';
    if (!code.includes(made)) throw new Error(`${id} makes its segmenter in another way than it did`);
    const onUse = 'let made; const segmenter = { segment: (text) => (made ??= new Intl.Segmenter()).segment(text) };';
    return { code: code.replace(made, onUse), map: null };
  },
};

/** Node is given a yaml of CommonJS modules, each in a function that is parsed twice; others get the same as modules. */
const yamlAsModules = {
  name: 'yaml-as-modules',
  resolveId: (id) => (id === 'yaml' ? join(root, 'node_modules', 'yaml', 'browser', 'index.js') : null),
  transform: (code, id) =>
    /yaml[\\/]browser[\\/]dist[\\/]log[.]js$/.test(id)
      ? { code: code.replace('console.warn(warning)', 'process.emitWarning(warning)'), map: null }
      : null,
};

async function bundlePackage({ path, manifest }) {
  const built = join(path, 'dist');
  const bundle = join(path, 'bundle');
  if (!existsSync(built) || isFresh(builtBeside(built), bundle)) return;
  const { rolldown } = await import('rolldown');
  const { groups, entries, plugin } = divisionOf(manifest.name, path, entryFiles(built, manifest));
  const graph = await rolldown({
    input: entries,
    platform: 'node',
    external: isExternal,
    plugins: [segmenterOnUse, yamlAsModules, plugin],
  });
  // Beside it first: tests of another package may read the old one.
  const fresh = `${bundle}-${process.pid}`;
  const { output } = await graph.write({
    dir: fresh,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: false,
    codeSplitting: { groups },
  });
  await graph.close();
  const licences = inlinedLicences(output.flatMap(({ moduleIds }) => moduleIds ?? []));
  if (licences !== '') writeFileSync(join(fresh, 'LICENCES.txt'), licences);
  rmSync(bundle, { recursive: true, force: true });
  try {
    renameSync(fresh, bundle);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    // Another run, begun at the same time, has put its own there, which it made of the same files.
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * Puts the some hundred files of each package into a few: Node takes a third of a millisecond for each file of a module graph,
 * and every command and every thread loads them.
 */
export async function bundlePackages() {
  for (const entry of workspacePackages('packages')) await bundlePackage(entry);
}
