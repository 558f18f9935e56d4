import { createHash } from 'node:crypto';
import type { TellOutput } from '../service/airport-board.js';
import { outputDigestLine } from './output-digest-line.js';

/** What all outputs from some row on must be. */
export interface OutputsDigest {
  readonly fromRow: number;
  readonly outputs: number;
  /** SHA-256 (hex) over the lines of `outputDigestLine`, in order. */
  readonly sha256: string;
}

/** Collects the right outputs; a recovery from a snapshot intends those behind it only, so there is a digest for each start. */
export interface GoldenOutputs {
  passRow(row: number): void;
  readonly tell: TellOutput;
  digests(): readonly OutputsDigest[];
}

export function goldenOutputs(starts: readonly number[]): GoldenOutputs {
  const due = [...starts].sort((a, b) => a - b);
  const running = [start(0)];
  let text = '';
  const flush = () => {
    const bytes = Buffer.from(text, 'utf8');
    for (const { hash } of running) hash.update(bytes);
    text = '';
  };
  return {
    passRow(row) {
      while (due[0] !== undefined && due[0] <= row) {
        due.shift();
        if (row === 0) continue;
        flush();
        running.push(start(row));
      }
    },
    tell(output, key, value) {
      text += outputDigestLine(output, key, value);
      for (const one of running) one.outputs++;
      if (text.length > 1 << 16) flush();
    },
    digests() {
      flush();
      return running.map(({ fromRow, outputs, hash }) => ({ fromRow, outputs, sha256: hash.copy().digest('hex') }));
    },
  };
}

function start(fromRow: number) {
  return { fromRow, outputs: 0, hash: createHash('sha256') };
}
