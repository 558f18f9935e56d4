import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from '../programs/run-program.js';

/** What a PostgreSQL server can be started with. */
export interface PostgresInstallation {
  /** The folder that holds `initdb` and `postgres`. */
  readonly programs: string;
  /** The user that runs them where this process is root, under whom they refuse to run; null for this one. */
  readonly user: PostgresUser | null;
}

interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** Debian and Ubuntu put the programs of each version into a folder of their own, outside of PATH. */
const debianFolder = '/usr/lib/postgresql';

/**
 * Looks whether a server can be started here. `missing` says in words what has to be installed.
 * @param folders where the programs may be; PATH and the folders of Debian by default
 */
export async function findPostgres(
  folders: readonly string[] = foldersToSearch(),
): Promise<PostgresInstallation | { readonly missing: string }> {
  const programs = folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
  if (programs === undefined) {
    return {
      missing: `PostgreSQL is not installed: no initdb and postgres in PATH or ${debianFolder} (apt-get install postgresql)`,
    };
  }
  if (process.getuid?.() !== 0) return { programs, user: null };
  const { problem } = await runProgram('setpriv', ['--version']);
  if (problem !== null) return { missing: `PostgreSQL refuses to run as root, and ${problem}` };
  const user = (await userOf('postgres')) ?? (await userOf('nobody'));
  return user === null
    ? { missing: 'PostgreSQL refuses to run as root, and there is no user postgres or nobody' }
    : { programs, user };
}

function foldersToSearch(): readonly string[] {
  const inPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return [...inPath, ...newestFirst.map((version) => join(debianFolder, version, 'bin'))];
}

async function userOf(name: string): Promise<PostgresUser | null> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((option) => runProgram('id', [option, name])));
  if (uid?.ok !== true || gid?.ok !== true) return null;
  return { uid: Number(uid.output), gid: Number(gid.output) };
}
