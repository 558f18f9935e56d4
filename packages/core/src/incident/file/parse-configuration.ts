import { RecoveryError } from '../../model/errors/recovery-error.js';
import { LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import type { z } from 'zod';
import { problemsOf, type Problem } from './configuration-problems.js';
import { lineOfKey } from './line-of-key.js';

const maxBytes = 1024 * 1024;
const shownProblems = 5;

/** A kind of configuration that people write: an incident file, a connection, a mapping. */
export interface ConfigurationKind<Schema extends z.ZodObject> {
  readonly schema: Schema;
  /** As in "… is not a valid incident file". */
  readonly name: string;
  /** A line that such a file could have. */
  readonly example: string;
  readonly hint: string;
}

/**
 * Reads the text of a configuration, YAML or JSON.
 * @throws RecoveryError `invalid-configuration` naming every wrong line, and the nearest right name of an unknown key
 */
export function parseConfiguration<Schema extends z.ZodObject>(
  text: string,
  file: string,
  kind: ConfigurationKind<Schema>,
): z.infer<Schema> {
  if (text.length > maxBytes) throw invalid(file, kind, [{ line: 1, text: `is larger than 1 MB: no ${kind.name}` }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      file,
      kind,
      document.errors.map((error) => yamlProblem(error, lines)),
    );
  }
  const result = kind.schema.safeParse(plainValue(document, file, kind));
  if (result.success) return result.data;
  const checked = {
    schema: kind.schema,
    example: kind.example,
    lineOf: (path: readonly PropertyKey[]) => lineOfKey(path, document, lines),
    has: (path: readonly PropertyKey[]) => document.hasIn(path),
  };
  throw invalid(
    file,
    kind,
    result.error.issues.flatMap((issue) => problemsOf(issue, checked)),
  );
}

/**
 * Checks a configuration that was not read from a file but put together from options. `where` says from which.
 * @throws RecoveryError `invalid-configuration` naming what is wrong
 */
export function checkConfiguration<Schema extends z.ZodObject>(
  value: unknown,
  where: string,
  kind: ConfigurationKind<Schema>,
): z.infer<Schema> {
  const result = kind.schema.safeParse(value);
  if (result.success) return result.data;
  // Only what was given can be wrong in it.
  const checked = { schema: kind.schema, example: kind.example, lineOf: () => null, has: () => true };
  throw invalid(
    where,
    kind,
    result.error.issues.flatMap((issue) => problemsOf(issue, checked)),
  );
}

/** Expands aliases, a hundred at most: a file of a few lines could otherwise grow to gigabytes. */
function plainValue(document: Document, file: string, kind: ConfigurationKind<z.ZodObject>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw invalid(file, kind, [{ line: 1, text: `uses more aliases than ${kind.name}s need` }], cause);
  }
}

function yamlProblem(error: YAMLError, lines: LineCounter): Problem {
  return { line: lines.linePos(error.pos[0]).line, text: error.message.split('\n')[0] ?? 'is not YAML' };
}

function invalid(
  where: string,
  { name, hint }: ConfigurationKind<z.ZodObject>,
  problems: readonly Problem[],
  cause?: unknown,
): RecoveryError {
  const shown = problems
    .slice(0, shownProblems)
    .map(({ line, text }) => (line === null ? text : `line ${line}: ${text}`));
  if (problems.length > shownProblems) shown.push(`and ${problems.length - shownProblems} more`);
  return new RecoveryError('invalid-configuration', [`${where} is not a valid ${name}`, ...shown].join('\n'), {
    hint,
    details: { file: where, problems },
    ...(cause !== undefined && { cause }),
  });
}
