import { realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RecoveryError } from '../model/errors/recovery-error.js';
import { isWorker } from './define-worker.js';
import { checkTimeZone } from './local-time-zone.js';
import { explainUnloadableModule } from './explain-unloadable-module.js';
import { hashModuleGraph, type ModuleHashes } from './hash-worker-module.js';
import { readModuleGraph } from './module-graph.js';
import type { Worker } from './worker.js';

/** What worker modules import `defineWorker` from. */
const packageName = '@eventmend/core';

const typescript = ['.ts', '.mts', '.cts'];
const javascript = ['.js', '.mjs', '.cjs'];

type Exports = Readonly<Record<string, unknown>>;

interface LoadedModule {
  readonly exported: Exports;
  readonly hash: string;
}

/** A worker, and the name of the version of its code. */
export interface HashedWorker {
  readonly worker: Worker;
  readonly hash: string;
}

/**
 * Loads a worker module, TypeScript or JavaScript, by its `file:` URL. JavaScript is imported as it is, TypeScript
 * through jiti (types are erased, not checked). Where the module cannot find this package from its own folder, because
 * only the CLI is installed, it is given this copy. A module is loaded once by a process, and again when its files have
 * changed. Where the runtime would go on with old code all the same, that is refused.
 * @throws RecoveryError `invalid-worker` when the file is missing, has a syntax error, throws, or has no worker as its
 *   default export; and when JavaScript that it imports, or a package, was changed since this process has loaded it. `other-time-zone`.
 */
export async function loadWorkerModule(url: string): Promise<Worker> {
  return (await loadHashedWorker(url)).worker;
}

/** As `loadWorkerModule`, with the hash of the code as it was just before it was loaded. */
export async function loadHashedWorker(url: string): Promise<HashedWorker> {
  const path = pathOf(url);
  let loaded: LoadedModule;
  try {
    loaded = await importModule(path);
  } catch (cause) {
    throw await explainUnloadableModule(path, cause, () => importThroughJiti(path, {}));
  }
  const worker = workerOf(loaded.exported, path);
  checkTimeZone(worker);
  return { worker, hash: loaded.hash };
}

/** Where the module really lies, since its imports count from there. */
function pathOf(url: string): string {
  const invalid = (what: string, hint: string) =>
    new RecoveryError('invalid-worker', `the worker module ${what}`, { hint });
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch {
    throw invalid(`is not named by a file: URL: ${url.slice(0, 200)}`, 'pathToFileURL of node:url makes one of a path');
  }
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw invalid(`does not exist: ${path}`, 'check the path of the worker in the incident file');
  if (!found.isFile()) throw invalid(`is not a file: ${path}`, 'name the module itself, not its folder');
  const endings = [...typescript, ...javascript];
  if (endings.includes(extname(path))) return realpathSync(path);
  throw invalid(`is neither TypeScript nor JavaScript: ${path}`, `its name ends in one of ${endings.join(' ')}`);
}

/** The hashes of each module graph when this process first loaded it: that code is what the runtime keeps in its cache. */
const firstLoaded = new Map<string, ModuleHashes>();

async function importModule(path: string): Promise<LoadedModule> {
  const hashes = hashModuleGraph(readModuleGraph(pathToFileURL(path).href));
  const first = firstLoaded.get(path) ?? hashes;
  firstLoaded.set(path, first);
  // The runtime would give the old code again, and it would run under the new hash: a changed graph goes past its cache.
  if (first.kept !== hashes.kept) throw changedSinceLoaded();
  return {
    exported: await importVersion(path, first.worker === hashes.worker ? null : hashes.worker),
    hash: hashes.worker,
  };
}

/** `version` is null where the runtime may give what it has in its cache. */
async function importVersion(path: string, version: string | null): Promise<Exports> {
  const own = createRequire(import.meta.url).resolve(packageName);
  const found = resolvedPackage(path);
  const native = javascript.includes(extname(path)) && found !== null ? await importNatively(path, version) : null;
  if (native !== null) return native;
  // The module keeps the copy that it finds itself, unless that is this one: jiti would compile it a second time.
  const given: Record<string, unknown> = {};
  if (found === null || found === own) given[packageName] = await import(pathToFileURL(own).href);
  return await importThroughJiti(path, given, version === null);
}

function changedSinceLoaded(): RecoveryError {
  return new RecoveryError(
    'invalid-worker',
    'code that the worker imports was changed after this process had loaded it',
    {
      hint: 'start again: a process keeps JavaScript and packages as it has loaded them',
    },
  );
}

/** Null where Node cannot follow an import that jiti may follow: of TypeScript, or without an ending. */
async function importNatively(path: string, version: string | null): Promise<Exports | null> {
  const { href } = pathToFileURL(path);
  try {
    if (version === null) return (await import(href)) as Exports;
    // Two caches: of modules, by URL, and of CommonJS, by path.
    Reflect.deleteProperty(createRequire(path).cache, path);
    return (await import(`${href}?${version}`)) as Exports;
  } catch (error) {
    if (beyondNode.includes((error as { code?: unknown } | null)?.code)) return null;
    throw error;
  }
}

const beyondNode: readonly unknown[] = [
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_MODULE_NOT_FOUND',
];

async function importThroughJiti(path: string, given: Record<string, unknown>, moduleCache = true): Promise<Exports> {
  const { createJiti } = await import('jiti');
  return await createJiti(path, { interopDefault: false, virtualModules: given, moduleCache }).import(path);
}

/** Where the module finds this package by itself; null where it does not. */
function resolvedPackage(path: string): string | null {
  try {
    return realpathSync(createRequire(path).resolve(packageName));
  } catch {
    return null;
  }
}

function workerOf(exported: Exports, path: string): Worker {
  const candidate = defaultOf(exported);
  if (isWorker(candidate)) return candidate;
  const hint = 'export default defineWorker({ ... })';
  if (candidate === undefined) {
    const named = Object.keys(exported).find((name) => isWorker(exported[name]));
    throw new RecoveryError('invalid-worker', `the worker module has no default export: ${path}`, {
      hint: named === undefined ? hint : `it exports a worker as ${named}: export it as default`,
    });
  }
  throw new RecoveryError(
    'invalid-worker',
    `the default export of the worker module was not made by defineWorker: ${path}`,
    { hint: typeof candidate === 'object' && candidate !== null ? `wrap it: ${hint}` : hint },
  );
}

/** A CommonJS module exports the worker itself; one that a compiler made of an ES module, under a second default. */
function defaultOf(exported: Exports): unknown {
  if (isWorker(exported)) return exported;
  const given = exported['default'];
  if (typeof given !== 'object' || given === null || isWorker(given)) return given;
  const { __esModule: compiled, default: inner } = given as { __esModule?: unknown; default?: unknown };
  return compiled === true ? inner : given;
}
