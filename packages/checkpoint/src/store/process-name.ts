import { randomUUID } from 'node:crypto';

/** Names one opened checkpointer: the process that it runs in, and a text that no other has. */
export type ProcessName = `${number}:${string}`;

export function newProcessName(): ProcessName {
  return `${process.pid}:${randomUUID()}`;
}

/** False where the process has ended. Another one may have got its number since: then it is taken for alive. */
export function isAlive(name: ProcessName): boolean {
  try {
    process.kill(Number.parseInt(name, 10), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
