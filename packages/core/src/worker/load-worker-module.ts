import { existsSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RecoveryError } from '../errors/recovery-error.js';
import { isWorker } from './define-worker.js';
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
    throw unloadable(path, cause);
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
    throw invalid(`is neither TypeScript nor JavaScript: ${path}`, `its name ends in one of ${[...typescript, ...javascript].join(' ')}`);
  }
  return path;
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  const own = fileURLToPath(new URL('../index.js', import.meta.url));
  const found = resolvedPackage(path);
  if (javascript.includes(extname(path)) && found !== null) return (await import(pathToFileURL(path).href)) as never;
  const { createJiti } = await import('jiti');
  // The module keeps the copy that it finds itself, unless that is this one: jiti would compile it a second time.
  const given = found === null || found === own ? { [packageName]: await import(pathToFileURL(own).href) } : {};
  const jiti = createJiti(path, { interopDefault: false, virtualModules: given });
  return await jiti.import(path);
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
  const candidate = exported['default'];
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

function unloadable(path: string, cause: unknown): RecoveryError {
  const code = (cause as { code?: unknown } | null)?.code;
  if (isNotFound(code)) {
    return new RecoveryError('EM3001', `the worker module needs something that is not there: ${firstLine(describeThrown(cause))}`, {
      hint: `install the packages that ${path} imports, or correct the path of the import`,
      cause,
    });
  }
  if (cause instanceof SyntaxError || code === 'BABEL_PARSE_ERROR') {
    return new RecoveryError('EM3001', `the worker module has a syntax error at ${placeOfSyntaxError(cause, path)}: ${firstLine(describeThrown(cause))}`, {
      hint: 'correct the module; nothing was run',
      cause,
    });
  }
  return new RecoveryError('EM3001', `the worker module threw while it was loaded: ${firstLine(describeThrown(cause))} (${path})`, {
    hint: 'a worker module only declares: move what it does into evolve',
    cause,
  });
}

function isNotFound(code: unknown): boolean {
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
}

/** `worker.ts:12`, as far as the error knows: the compiler puts the line into the message, Node on top of the stack. */
function placeOfSyntaxError(cause: unknown, path: string): string {
  const { message, stack } = cause as { message?: string; stack?: string };
  const line = /\((\d+):\d+\)/.exec(message ?? '')?.[1];
  if (line !== undefined) return `${path}:${line}`;
  return /^(?:file:\/\/)?(\/[^\n]*:\d+)$/m.exec(stack ?? '')?.[1] ?? path;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
