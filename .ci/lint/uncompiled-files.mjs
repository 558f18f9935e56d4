import { join, resolve } from 'node:path';
import ts from 'typescript';
import { root } from '../workspace/paths.mjs';

/** The files of a project and of all that it refers to. */
function compiledFiles(configFile, seen = new Set()) {
  if (seen.has(configFile)) return [];
  seen.add(configFile);
  const onUnRecoverableConfigFileDiagnostic = ({ messageText }) => {
    throw new Error(`${configFile}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  };
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic };
  const { fileNames, projectReferences = [] } = ts.getParsedCommandLineOfConfigFile(configFile, {}, host);
  const referred = projectReferences.map(({ path }) => ts.resolveProjectReferencePath({ path }));
  return [...fileNames, ...referred.flatMap((path) => compiledFiles(path, seen))];
}

/**
 * Which of these files no project compiles, from the root's tsconfig.json on. oxlint guesses the types in such a file, and finds next
 * to nothing.
 */
export function uncompiledFiles(files, workspaceRoot = root) {
  const compiled = new Set(compiledFiles(join(workspaceRoot, 'tsconfig.json')).map((file) => resolve(file)));
  return files.filter((file) => !compiled.has(file));
}
