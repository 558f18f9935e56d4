import { execFileSync } from 'node:child_process';
import { root } from './paths.mjs';

/** The commit whose files are here; `-changed` where they are no longer those of the commit. */
export function describeCommit() {
  const git = (...words) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  return git('describe', '--always', '--exclude=*', '--dirty=-changed');
}

/** Now, to the minute, as records of runs tell it. */
export function describeNow() {
  return `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
