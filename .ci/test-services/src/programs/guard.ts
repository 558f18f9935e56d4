// A small process between a test and the programs it has started. Its line to the test breaks when the test is gone,
// even by SIGKILL; then it ends the programs, removes the folder that is named as its argument, and ends itself.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { GuardMessage, StartMessage } from './guard-messages.js';

const folder = process.argv[2] ?? '';
const running = new Set<ChildProcess>();
let leaving = false;

/** The other side may be gone by now; that is then told by the end of the line. */
function tell(message: GuardMessage): void {
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}

function start({ id, program, args, log }: StartMessage): void {
  const output = openSync(log, 'a');
  const child = spawn(program, args, { stdio: ['ignore', output, output] });
  closeSync(output);
  running.add(child);
  child.once('spawn', () => {
    tell({ id, kind: 'started', pid: child.pid! });
  });
  child.once('error', ({ message }) => {
    running.delete(child);
    tell({ id, kind: 'failed', message });
  });
  child.once('exit', (code, signal) => {
    running.delete(child);
    tell({ id, kind: 'ended', code, signal });
    if (leaving) leaveWhenAlone();
  });
}

function leaveWhenAlone(): void {
  if (running.size === 0) process.exit();
}

process.on('exit', () => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

process.on('message', (message: StartMessage) => {
  try {
    start(message);
  } catch (error) {
    tell({ id: message.id, kind: 'failed', message: String(error) });
  }
});
process.on('disconnect', () => {
  leaving = true;
  for (const child of running) child.kill('SIGKILL');
  leaveWhenAlone();
});
// The line may have broken before anybody listened here.
if (!process.connected) process.exit();
