import { createHash } from 'node:crypto';
import type { EmittedOutput, Offset, PartitionId } from '@eventmend/core';

const outputsPerChunk = 512;

/** The outputs of one lane on their way into a digest. */
export interface OutputChain {
  readonly count: number;
  add(line: string): void;
  /** The chain over all chunks, the last of which may be shorter. Nothing may be added afterwards. */
  close(): string;
}

export function createOutputChain(): OutputChain {
  let count = 0;
  let lines: string[] = [];
  let chain = sha256('eventmend outputs 1');

  const closeChunk = (): void => {
    if (lines.length === 0) return;
    chain = sha256(chain + sha256('[' + lines.join(',\n') + ']'));
    lines = [];
  };

  return {
    get count() {
      return count;
    },
    add(line) {
      count++;
      lines.push(line);
      if (lines.length === outputsPerChunk) closeChunk();
    },
    close() {
      closeChunk();
      return chain;
    },
  };
}

/** The digest of all lanes, which must come in the order of their partitions. */
export function digestLanes(chains: readonly string[]): string {
  return chains.length === 1 ? (chains[0] as string) : sha256(chains.join('\n'));
}

/** The outputs of one event as lines; the value goes in as the text that the worker gave. */
export function outputLines(
  id: PartitionId,
  offset: Offset,
  now: number,
  outputs: readonly EmittedOutput[],
): readonly string[] {
  const time = Number.isFinite(now) ? now : null;
  return outputs.map(({ output, key, businessId, text }, index) => {
    const earlier = outputs.slice(0, index);
    const ordinal = earlier.filter((other) => other.output === output && other.key === key).length;
    const head = JSON.stringify([id.topic, id.partition, offset, time, output, key, ordinal, businessId]);
    return head.slice(0, -1) + ',' + text + ']';
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
