import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { workspacePackages } from '../workspace/paths.mjs';
import { readMarkdown } from './read-markdown.mjs';

function markdownUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownUnder(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Every document of the repository: the front page, docs/, and what stands beside a package or an example. */
export function findDocuments(workspaceRoot) {
  const beside = ['packages', 'examples']
    .flatMap((folder) => workspacePackages(folder, workspaceRoot))
    .flatMap(({ path }) => readdirSync(path).map((name) => join(path, name)));
  const top = readdirSync(workspaceRoot).map((name) => join(workspaceRoot, name));
  return [...top, ...beside]
    .filter((path) => path.endsWith('.md'))
    .concat(markdownUnder(join(workspaceRoot, 'docs')))
    .map((path) => ({
      path,
      name: relative(workspaceRoot, path),
      ...readMarkdown(readFileSync(path, 'utf8')),
    }));
}
