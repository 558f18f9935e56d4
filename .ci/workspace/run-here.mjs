import { spawn } from 'node:child_process';

/**
 * Runs a script of ours on this terminal. It handles Ctrl-C itself, so this process waits for it instead of dying first.
 *
 * @param {string} script
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<number>} its exit code
 */
export function runHere(script, args, cwd) {
  const leaveToTheScript = () => {};
  process.on('SIGINT', leaveToTheScript);
  process.on('SIGTERM', (signal) => child.kill(signal));
  const child = spawn(process.execPath, [script, ...args], { cwd, stdio: 'inherit' });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code, signal) => resolve(signal === null ? (code ?? 1) : 130));
  });
}
