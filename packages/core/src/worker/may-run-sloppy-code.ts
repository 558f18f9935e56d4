import { extname } from 'node:path';
import { readModuleGraph } from './module-graph.js';
import type { WorkerSource } from './worker-source.js';

/**
 * False where all code of a worker is known to be strict, so that a write to frozen data throws: ES modules and TypeScript
 * that import nothing but their like, this package and Node. Elsewhere such a write may be swallowed.
 */
export function mayRunSloppyCode(source: WorkerSource): boolean {
  if (source.kind !== 'module') return true;
  const { files, others } = readModuleGraph(source.url);
  const isForeign = (name: string): boolean => !/^(?:node:|@eventmend\/)/.test(name);
  if ([...others].some(isForeign)) return true;
  return [...files].some(([path, source]) => isSloppy(path, source.toString('utf8')));
}

function isSloppy(path: string, text: string): boolean {
  const ending = extname(path);
  if (/\bnew Function\s*\(/.test(text) || ending === '.cjs') return true;
  return ending === '.js' && !/^\s*(?:import|export)\b/m.test(text);
}
