import { RecoveryError } from '@eventmend/core';
import { LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import type { z } from 'zod';
import { incidentOf } from './incident-meaning.js';
import { incidentSchema } from './incident-schema.js';
import type { Incident } from './incident.js';
import { lineOfKey } from './line-of-key.js';
import { describeUnknownKey } from './unknown-key.js';

const maxIncidentBytes = 1024 * 1024;
const shownProblems = 5;

/** Something wrong in an incident file, at a line of it. */
interface Problem {
  readonly line: number;
  readonly text: string;
}

/**
 * Reads the text of an incident file.
 * @throws RecoveryError EM1002 naming every wrong line, and the nearest right name of an unknown key.
 */
export function parseIncident(text: string, file: string): Incident {
  if (text.length > maxIncidentBytes)
    throw invalid(file, [{ line: 1, text: 'is larger than 1 MB: not an incident file' }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      file,
      document.errors.map((error) => yamlProblem(error, lines)),
    );
  }
  const result = incidentSchema.safeParse(plainValue(document, file));
  if (!result.success)
    throw invalid(
      file,
      result.error.issues.flatMap((issue) => problemsOf(issue, document, lines)),
    );
  return incidentOf(result.data, file);
}

/** Expands aliases, a hundred at most: a file of a few lines could otherwise grow to gigabytes. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw invalid(file, [{ line: 1, text: 'uses more aliases than an incident file needs' }], cause);
  }
}

function yamlProblem(error: YAMLError, lines: LineCounter): Problem {
  return { line: lines.linePos(error.pos[0]).line, text: error.message.split('\n')[0] ?? 'is not YAML' };
}

function problemsOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      line: lineOfKey([...issue.path, key], document, lines),
      text: describeUnknownKey(key, issue.path),
    }));
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const meant = branchThatWasMeant(issue.errors);
    if (meant.length > 0) {
      return meant.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, document, lines));
    }
  }
  const name = issue.path.join('.');
  const missing = issue.path.length > 0 && !document.hasIn(issue.path);
  const line = lineOfKey(issue.path, document, lines);
  if (missing) return [{ line, text: `"${name}" is missing` }];
  if (name === '') return [{ line, text: 'the file must be keys with values, such as "format_version: 1"' }];
  return [{ line, text: `"${name}" ${issue.message}` }];
}

/** Of several forms that a value may have: the one whose kind it is, so that its inner problems can be told. */
function branchThatWasMeant(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const ofKind = (branch: readonly z.core.$ZodIssue[]) =>
    !branch.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
  return branches.find(ofKind) ?? branches[0] ?? [];
}

function invalid(file: string, problems: readonly Problem[], cause?: unknown): RecoveryError {
  const shown = problems.slice(0, shownProblems).map(({ line, text }) => `line ${line}: ${text}`);
  if (problems.length > shownProblems) shown.push(`and ${problems.length - shownProblems} more`);
  return new RecoveryError('EM1002', [`${file} is not a valid incident file`, ...shown].join('\n'), {
    hint: 'correct these lines; schemas/incident.schema.json of @eventmend/cli describes the file',
    details: { file, problems },
    ...(cause !== undefined && { cause }),
  });
}
