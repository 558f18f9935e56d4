import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder outside of the repository. What it gives back removes it: a hook returns that, and is cleaned up after. */
export function temporaryFolder(take: (path: string) => void): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-'));
  take(folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
