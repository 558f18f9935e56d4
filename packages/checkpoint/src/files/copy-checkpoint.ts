import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beginNewFile } from '@eventmend/core/engine';

/** A folder, or a command for an object store in which `{file}` stands for the path and `{name}` for the name of the file. */
export type CopyTarget = { readonly folder: string } | { readonly command: readonly [string, ...string[]] };

/** How much of what a command says is told, in characters. */
const toldCharacters = 500;

/** Copies a finished checkpoint elsewhere; in a folder it appears complete or not at all. @throws Error with the reason */
export async function copyCheckpoint(file: string, target: CopyTarget): Promise<void> {
  if ('command' in target) return runCommand(file, target.command);
  const copy = beginNewFile(join(target.folder, basename(file)));
  try {
    copyFileSync(file, copy.draft);
    copy.publish();
  } catch (error) {
    copy.discard();
    throw error;
  }
}

function runCommand(file: string, [program, ...words]: readonly [string, ...string[]]): Promise<void> {
  const filled = words.map((word) => word.replaceAll('{file}', file).replaceAll('{name}', basename(file)));
  return new Promise((resolve, reject) => {
    const child = spawn(program, filled, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < toldCharacters) said += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${code ?? signal}: ${said.slice(0, toldCharacters).trim()}`));
    });
  });
}
