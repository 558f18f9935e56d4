import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const stampFile = join(root, 'node_modules', '.eventmend-install.json');
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** What an install depends on: the lock, and the ABI for which the addon was compiled. */
function currentStamp() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return { lock, abi: process.versions.modules, platform: `${process.platform}-${process.arch}` };
}

/** Whether the packages in node_modules are those of the lock, as npm itself recorded them after its last install. */
function holdsWhatTheLockNames() {
  const recorded = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(recorded)) return false;
  const installed = readJson(recorded).packages;
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    if (wanted.optional || wanted.devOptional || wanted.peer) return true;
    const found = installed[path];
    return found !== undefined && found.version === wanted.version && found.link === wanted.link;
  });
}

/** `packages`: node_modules is that of the lock; `addon`: it was compiled for this Node and seen to load. */
export function installState() {
  if (!existsSync(join(root, 'node_modules'))) return { packages: false, addon: false };
  const wanted = currentStamp();
  const stamp = existsSync(stampFile) ? readJson(stampFile) : {};
  const sameLock = stamp.lock === wanted.lock;
  return {
    packages: sameLock || holdsWhatTheLockNames(),
    addon: sameLock && stamp.abi === wanted.abi && stamp.platform === wanted.platform,
  };
}

export function recordInstall() {
  writeFileSync(stampFile, `${JSON.stringify(currentStamp(), null, 2)}\n`);
}
