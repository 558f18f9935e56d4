import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** Settings for every tool that the scripts start: no daemon left behind, no prompt, no call home. */
const quietTools = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', NO_UPDATE_NOTIFIER: '1' };

/** Tools see a pipe and not the terminal, so what they should do about colour is decided here. */
const colour =
  process.stdout.isTTY && !process.env.NO_COLOR
    ? { FORCE_COLOR: '1', NO_COLOR: undefined }
    : { FORCE_COLOR: '0', NO_COLOR: undefined };

/**
 * Runs a command without a shell and waits for it. `stream` shows its output as it comes; it is kept in either case.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stream?: boolean, timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>} code is 1 where a signal ended the command
 */
export function runCommand(command, args, options = {}) {
  const { cwd = root, env = {}, stream = false, timeoutMs } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...quietTools, ...colour, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what the command has started ends with it.
      detached: timeoutMs !== undefined,
    });
    const timer = timeoutMs && setTimeout(() => process.kill(-child.pid, 'SIGKILL'), timeoutMs);
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
      if (stream) process.stdout.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (stream) process.stderr.write(text);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 1, output: `${output}${error.message}\n`, stdout });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal) output += `\n${command} was ended by ${signal}\n`;
      resolve({ code: code ?? 1, output, stdout });
    });
  });
}

/** Runs a tool that the workspace has installed (`nx`, `eslint`, …) with the Node of this process. */
export function runTool(name, args, options = {}) {
  return runCommand(process.execPath, [join(options.cwd ?? root, 'node_modules', '.bin', name), ...args], options);
}
