import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';

/** The optional peers of this package that `require` can load. */
interface Drivers {
  readonly avsc: typeof import('avsc');
  readonly 'better-sqlite3': typeof import('better-sqlite3');
  readonly kafkajs: typeof import('kafkajs');
  readonly pg: typeof import('pg');
  readonly protobufjs: typeof import('protobufjs');
}

/** Those that only `import` can load. */
interface ModuleDrivers {
  readonly hyparquet: typeof import('hyparquet');
  readonly 'hyparquet-compressors': typeof import('hyparquet-compressors');
}

const load = createRequire(import.meta.url);

/**
 * Loads a driver where it is used: no entry of this package needs one to be imported.
 * @param user what needs it, as the error begins
 * @throws RecoveryError `missing-package` when it is not installed
 */
export function loadDriver<Name extends keyof Drivers>(name: Name, user: string): Drivers[Name] {
  return loadDriverFile<Drivers[Name]>(name, name, user);
}

/**
 * A file of a driver, for what its main one does not give.
 * @param path as `require` takes it
 * @throws RecoveryError `missing-package` when the driver is not installed; what the file throws, when it is
 */
export function loadDriverFile<T>(name: keyof Drivers, path: string, user: string): T {
  try {
    return load(path) as T;
  } catch (error) {
    throw isInstalled(name) ? error : notInstalled(name, user, error);
  }
}

/** @throws RecoveryError `missing-package` when it is not installed */
export async function importDriver<Name extends keyof ModuleDrivers>(
  name: Name,
  user: string,
): Promise<ModuleDrivers[Name]> {
  try {
    return (await import(name)) as ModuleDrivers[Name];
  } catch (error) {
    throw isInstalled(name) ? error : notInstalled(name, user, error);
  }
}

/** A driver that is there and cannot be loaded (built for another Node) tells why better than an advice to install it. */
function isInstalled(name: string): boolean {
  return (load.resolve.paths(name) ?? []).some((folder) => existsSync(join(folder, name)));
}

function notInstalled(name: string, user: string, cause: unknown): RecoveryError {
  const { peerDependencies } = load('@eventmend/core/package.json') as {
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  return new RecoveryError('missing-package', `${user} needs the package ${name}, which is not installed`, {
    hint: `npm install ${name}@${peerDependencies[name]}`,
    cause,
  });
}
