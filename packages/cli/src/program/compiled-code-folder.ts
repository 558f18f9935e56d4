import { mkdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** What decides where a user's caches stand. */
export interface CacheSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Of this process; null where users have no numbers. */
  readonly userId: number | null;
}

/**
 * The folder in which Node keeps what it compiled of this command, made where it is missing: below the user's own caches, and
 * closed to others, since what stands in it is run. Null where there is no such place, or it is not the user's alone.
 */
export function compiledCodeFolder({ env, platform, home, userId }: CacheSurroundings): string | null {
  const caches = cachesOf(env, platform, home);
  if (caches === null) return null;
  try {
    // Not below a folder of another user, such as with `sudo`: it could be put in the place of this one.
    if (!isOwn(caches.below, userId)) return null;
    const folder = join(caches.folder, 'eventmend', 'compiled');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOwn(folder, userId) && isOwn(join(folder, '..'), userId) && isOwn(caches.folder, userId) ? folder : null;
  } catch {
    return null;
  }
}

/** The folder of the user's caches, and the one that must be there. */
function cachesOf(env: CacheSurroundings['env'], platform: NodeJS.Platform, home: string) {
  const named = platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_CACHE_HOME'];
  if (named !== undefined && isAbsolute(named)) return { folder: named, below: named };
  if (platform === 'win32' || !isAbsolute(home)) return null;
  return { folder: platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache'), below: home };
}

/** Whether a folder belongs to the user, and nobody else may write to it. */
function isOwn(folder: string, userId: number | null): boolean {
  if (userId === null) return true;
  const { uid, mode } = statSync(folder);
  return uid === userId && (mode & 0o022) === 0;
}
