import module from 'node:module';
import { homedir } from 'node:os';
import { compiledCodeFolder } from './compiled-code-folder.js';

/** Of Node 22.1 on; before, every process compiles anew. */
type EnableCompileCache = (folder: string) => unknown;

/**
 * Has Node keep what it compiles of this command from one process to the next. It compares the source before it takes anything from
 * there. Threads have no part in it: in them, the blocks of a worker that ran are recorded, of which compiled code tells less.
 */
export function keepCompiledCode(): void {
  const { enableCompileCache } = module as { readonly enableCompileCache?: EnableCompileCache };
  const { env, platform, getuid } = process;
  // Whoever uses Node's own settings has decided.
  if (enableCompileCache === undefined || env['NODE_COMPILE_CACHE'] !== undefined) return;
  if (env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return;
  const folder = compiledCodeFolder({ env, platform, home: homedir(), userId: getuid?.() ?? null });
  if (folder !== null) enableCompileCache(folder);
}
