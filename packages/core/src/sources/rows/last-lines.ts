import type { Readable } from 'node:stream';
import { redactSecrets } from './redact-secrets.js';

const keptBytes = 8 * 1024;
const shownLines = 8;
const waitForEndMs = 1000;

/** The last lines that a process printed, in bounded memory and without secrets. */
export interface LastLines {
  /** Settles at the end of the stream, or a second after it was asked for. */
  readonly done: Promise<void>;
  text(): string;
}

/** Keeps on reading, so that a process that prints much is never stopped by a full pipe. */
export function lastLines(stream: Readable, environment: NodeJS.ProcessEnv): LastLines {
  let kept = Buffer.alloc(0);
  let cut = false;
  stream.on('data', (chunk: Buffer) => {
    const all = Buffer.concat([kept, chunk]);
    cut ||= all.length > keptBytes;
    kept = Buffer.from(all.subarray(Math.max(0, all.length - keptBytes)));
  });
  const ended = new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => {
      resolve();
    });
  });
  return {
    get done() {
      let timer: NodeJS.Timeout | undefined;
      const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitForEndMs)));
      return Promise.race([ended, waited]).finally(() => {
        clearTimeout(timer);
      });
    },
    text() {
      const lines = kept.toString('utf8').split('\n');
      // The first line of a cut text could be the second half of a secret.
      const whole = cut ? lines.slice(1) : lines;
      return redactSecrets(
        whole
          .filter((line) => line.trim() !== '')
          .slice(-shownLines)
          .join('\n'),
        environment,
      );
    },
  };
}
