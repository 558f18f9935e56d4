import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../workspace/paths.mjs';
import { StepFailure } from '../workspace/step.mjs';
import { checkErrorCodes } from './check-error-codes.mjs';
import { checkLinks } from './check-links.mjs';
import { findDocuments } from './find-documents.mjs';
import { runSnippets } from './run-snippets.mjs';

async function errorCodeProblems(documents) {
  const path = join(root, 'docs', 'errors.md');
  if (!existsSync(path)) return ['docs/errors.md is missing'];
  const { errorCatalogue } = await import(
    pathToFileURL(join(root, 'packages', 'core', 'dist', 'model', 'errors', 'error-catalogue.js')).href
  );
  const document = documents.find((candidate) => candidate.path === path);
  return checkErrorCodes(readFileSync(path, 'utf8'), document, errorCatalogue);
}

/** Links lead somewhere, snippets run, and the list of errors is the list of errors. */
export async function docsStep() {
  const documents = findDocuments(root);
  const snippets = await runSnippets(documents);
  const problems = [...checkLinks(documents), ...(await errorCodeProblems(documents)), ...snippets.problems];
  if (problems.length > 0) throw new StepFailure(`${problems.length} problems in the documents`, problems.join('\n'));
  return { note: `${documents.length} documents, ${snippets.count} snippets run` };
}
