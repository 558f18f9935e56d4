import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './paths.mjs';

const core = join(root, 'packages', 'core');
const built = join(core, 'dist');
const bundle = join(core, 'bundle');

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name));

/**
 * What is opened by its path: the entries of the package, the jobs of threads, and the modules that a thread opens again
 * what another has open. They keep their names, and all lie in one folder, so that a module finds those beside it.
 */
function entryFiles() {
  const { exports, imports } = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8'));
  const jobs = Object.values(imports).map((target) => basename(target));
  const isOpenedByPath = (file) =>
    jobs.includes(basename(file)) || (file.startsWith(join(built, 'sources')) && file.endsWith('-module.js'));
  const ofPackage = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [join(built, basename(target.default))],
  );
  const entries = [...ofPackage, ...filesIn(built).filter(isOpenedByPath)];
  const byName = new Map(entries.map((file) => [basename(file, '.js'), file]));
  if (byName.size < entries.length) throw new Error('two entries of the bundle have one name');
  return Object.fromEntries(byName);
}

/** Whether nothing was built since the bundle was made. */
function isFresh() {
  const made = statSync(join(bundle, 'index.js'), { throwIfNoEntry: false });
  return made !== undefined && filesIn(built).every((file) => statSync(file).mtimeMs <= made.mtimeMs);
}

/**
 * Puts the 700 files of core into a few: Node takes a third of a millisecond for each file of a module graph, and every
 * command and every thread loads this one.
 */
export async function bundleCore() {
  if (!existsSync(built) || isFresh()) return;
  const { rolldown } = await import('rolldown');
  const graph = await rolldown({
    input: entryFiles(),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith(core),
  });
  // Beside it first: tests of another package may read the old one.
  const fresh = `${bundle}-${process.pid}`;
  await graph.write({ dir: fresh, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
  await graph.close();
  rmSync(bundle, { recursive: true, force: true });
  renameSync(fresh, bundle);
}
