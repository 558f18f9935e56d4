import { existsSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RecoveryError } from '../errors/recovery-error.js';
import { isWorker } from './define-worker.js';
import { hashWorkerModule } from './hash-worker-module.js';
import { describeThrown } from './worker-failures.js';
import type { Worker } from './worker.js';

/** What worker modules import `defineWorker` from. */
const packageName = '@eventmend/core';

const typescript = ['.ts', '.mts', '.cts'];
const javascript = ['.js', '.mjs', '.cjs'];

/**
 * Loads a worker module, TypeScript or JavaScript, by its `file:` URL. JavaScript is imported as it is, TypeScript through
 * jiti (types are erased, not checked). Where the module cannot find this package from its own folder, because only the CLI
 * is installed, it is given this copy.
 * @throws RecoveryError EM3001 when the file is missing, has a syntax error, throws, or has no worker as its default export.
 */
export async function loadWorkerModule(url: string): Promise<Worker> {
  const path = pathOf(url);
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await importModule(path);
  } catch (cause) {
    throw await unloadable(path, cause);
  }
  return workerOf(exported, path);
}

function pathOf(url: string): string {
  const invalid = (what: string, hint: string) => new RecoveryError('EM3001', `the worker module ${what}`, { hint });
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch {
    throw invalid(`is not named by a file: URL: ${url.slice(0, 200)}`, 'pathToFileURL of node:url makes one of a path');
  }
  if (!existsSync(path)) throw invalid(`does not exist: ${path}`, 'check the path of the worker in the incident file');
  if (!statSync(path).isFile()) throw invalid(`is not a file: ${path}`, 'name the module itself, not its folder');
  if (![...typescript, ...javascript].includes(extname(path))) {
    throw invalid(
      `is neither TypeScript nor JavaScript: ${path}`,
      `its name ends in one of ${[...typescript, ...javascript].join(' ')}`,
    );
  }
  return path;
}

/** The hash of each module graph when this process first loaded it: what the runtime keeps in its cache. */
const firstLoaded = new Map<string, string>();

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  const hash = hashWorkerModule(pathToFileURL(path).href);
  const changed = (firstLoaded.get(path) ?? hash) !== hash;
  if (!firstLoaded.has(path)) firstLoaded.set(path, hash);
  const own = fileURLToPath(new URL('../index.js', import.meta.url));
  const found = resolvedPackage(path);
  // The runtime would give the old code again under the new hash: a changed graph goes past its cache.
  if (!changed && javascript.includes(extname(path)) && found !== null) {
    return (await import(pathToFileURL(path).href)) as never;
  }
  // The module keeps the copy that it finds itself, unless that is this one: jiti would compile it a second time.
  const given: Record<string, unknown> = {};
  if (found === null || found === own) given[packageName] = await import(pathToFileURL(own).href);
  return await importThroughJiti(path, given, !changed);
}

async function importThroughJiti(
  path: string,
  given: Record<string, unknown>,
  moduleCache = true,
): Promise<Readonly<Record<string, unknown>>> {
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

function workerOf(exported: Readonly<Record<string, unknown>>, path: string): Worker {
  // A CommonJS module exports the worker itself.
  const candidate = isWorker(exported) ? exported : exported['default'];
  if (isWorker(candidate)) return candidate;
  const hint = 'export default defineWorker({ ... })';
  if (candidate === undefined) {
    const named = Object.keys(exported).find((name) => isWorker(exported[name]));
    throw new RecoveryError('EM3001', `the worker module has no default export: ${path}`, {
      hint: named === undefined ? hint : `it exports a worker as ${named}: export it as default`,
    });
  }
  throw new RecoveryError('EM3001', `the default export of the worker module was not made by defineWorker: ${path}`, {
    hint: typeof candidate === 'object' && candidate !== null ? `wrap it: ${hint}` : hint,
  });
}

async function unloadable(path: string, cause: unknown): Promise<RecoveryError> {
  const syntax = await syntaxErrorOf(path, cause);
  if (syntax !== null) {
    return new RecoveryError('EM3001', `the worker module has a syntax error at ${syntax.place}: ${syntax.what}`, {
      hint: 'correct the module; nothing was run',
      cause,
    });
  }
  const what = firstLine(describeThrown(cause));
  if (notFoundCodes.includes((cause as { code?: unknown } | null)?.code)) {
    return new RecoveryError('EM3001', `the worker module needs something that is not there: ${what}`, {
      hint: `install the packages that ${path} imports, or correct the path of the import`,
      cause,
    });
  }
  return new RecoveryError('EM3001', `the worker module threw while it was loaded: ${what} (${path})`, {
    hint: 'a worker module only declares: move what it does into evolve',
    cause,
  });
}

const notFoundCodes: readonly unknown[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'];

/** Node says what is wrong but not where; the compiler says both, so it is asked when Node refused. */
async function syntaxErrorOf(path: string, cause: unknown): Promise<{ place: string; what: string } | null> {
  const parsed = parseErrorOf(cause);
  if (parsed !== null || !(cause instanceof SyntaxError)) return parsed;
  const again = await importThroughJiti(path, {}).then(
    () => null,
    (error: unknown) => parseErrorOf(error),
  );
  return again ?? { place: path, what: firstLine(cause.message) };
}

/** jiti's message holds the file, line and column in its second line. */
function parseErrorOf(cause: unknown): { place: string; what: string } | null {
  const match = /^ParseError: ([^\n]*?)\s*\n\s*(\S.*:\d+:\d+)\s*$/m.exec(cause instanceof Error ? cause.message : '');
  return match === null ? null : { what: match[1] as string, place: match[2] as string };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
