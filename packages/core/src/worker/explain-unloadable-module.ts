import { fileURLToPath } from 'node:url';
import { isRecoveryError, RecoveryError } from '../model/errors/recovery-error.js';
import { describeThrown } from './worker-failures.js';

/**
 * What is wrong with a worker module that could not be imported, and what to do about it: `invalid-worker`. `compile`
 * imports it again through the compiler, which says the place of a syntax error that Node names without one; it is
 * asked only where Node refused the module before any of it ran.
 */
export async function explainUnloadableModule(
  path: string,
  cause: unknown,
  compile: () => Promise<unknown>,
): Promise<RecoveryError> {
  // defineWorker refused: it said what and how better than anything that could be said here.
  if (isRecoveryError(cause)) return unloadable(`${cause.message} (${path})`, cause.hint ?? '', cause);
  const place = firstUserFrame(cause);
  const syntax = parseErrorOf(cause) ?? (refusedByNode(cause) ? await compile().then(noError, parseErrorOf) : null);
  if (syntax !== null) {
    return unloadable(`the worker module has a syntax error at ${syntax.place}: ${syntax.what}`, 'correct it', cause);
  }
  const what = firstLine(describeThrown(cause));
  if (refusedByNode(cause)) return unloadable(`the worker module cannot be linked: ${what} (${path})`, linkHint, cause);
  if (notFoundCodes.includes((cause as { code?: unknown } | null)?.code)) {
    const importer = importerOf(cause) ?? path;
    return unloadable(
      `the worker module needs something that is not there: ${what}`,
      `install the packages that ${importer} imports, or correct the path of the import`,
      cause,
    );
  }
  return unloadable(
    `the worker module threw while it was loaded: ${what} (${place ?? path})`,
    'a worker module only declares: move what it does into evolve',
    cause,
  );
}

const linkHint = 'compare the names that it imports with those that the other module exports';
const notFoundCodes: readonly unknown[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'];

function unloadable(message: string, hint: string, cause: unknown): RecoveryError {
  return new RecoveryError('invalid-worker', message, { hint, cause });
}

const noError = (): null => null;

/** A SyntaxError that no line of the user's code threw (JSON.parse does) is Node's verdict on the module itself. */
function refusedByNode(cause: unknown): boolean {
  return cause instanceof SyntaxError && parseErrorOf(cause) === null && firstUserFrame(cause) === null;
}

/** The message of jiti holds the file, line and column in its second line. */
function parseErrorOf(cause: unknown): { place: string; what: string } | null {
  const match = /^ParseError: ([^\n]*?)\s*\n\s*(\S.*:\d+:\d+)\s*$/m.exec(cause instanceof Error ? cause.message : '');
  return match === null ? null : { what: match[1] as string, place: match[2] as string };
}

const ownFolder = fileURLToPath(new URL('.', import.meta.url));

/** File and line of the innermost frame of the user's own code; columns would be those of the compiled text. */
function firstUserFrame(cause: unknown): string | null {
  const stack = cause instanceof Error ? cause.stack : undefined;
  for (const line of (stack ?? '').split('\n')) {
    const frame = /^\s+at (?:.*\()?(?:file:\/\/)?([^()]+\.[mc]?[jt]s:\d+):\d+\)?$/.exec(line)?.[1];
    const foreign = frame === undefined || /^node:|node_modules|eval at/.test(frame) || frame.startsWith(ownFolder);
    if (!foreign) return frame;
  }
  return null;
}

/** A module that was not found through the compiler carries the chain of those who asked for it. */
function importerOf(cause: unknown): string | null {
  const { requireStack } = cause as { requireStack?: unknown };
  const first: unknown = Array.isArray(requireStack) ? requireStack[0] : undefined;
  return typeof first === 'string' ? first : null;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
