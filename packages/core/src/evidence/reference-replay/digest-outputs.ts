import { createHash } from 'node:crypto';
import type { EmittedOutput } from '../../worker/worker-instance.js';
import type { Offset } from '../../model/event/offset.js';
import type { PartitionId } from '../../model/log/partition-id.js';

const outputsPerChunk = 512;

/** One output on its way into a digest. */
export interface DigestedOutput {
  /** `["topic",3]` */
  readonly partition: string;
  readonly offset: Offset;
  readonly time: number | null;
  readonly name: string;
  readonly key: string;
  readonly ordinal: number;
  readonly businessId: string | null;
  readonly value: unknown;
}

/** The outputs of one lane on their way into a digest. */
export interface OutputChain {
  readonly count: number;
  add(output: DigestedOutput): void;
  /** The chain over all chunks, the last of which may be shorter. Nothing may be added afterwards. */
  close(): string;
}

export function createOutputChain(): OutputChain {
  let count = 0;
  let waiting: DigestedOutput[] = [];
  let chain = sha256('eventmend outputs 2');

  const closeChunk = (): void => {
    if (waiting.length === 0) return;
    chain = sha256(chain + sha256(chunkText(waiting)));
    waiting = [];
  };

  return {
    get count() {
      return count;
    },
    add(output) {
      count++;
      waiting.push(output);
      if (waiting.length === outputsPerChunk) closeChunk();
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

/** The outputs of one event. */
export function digestedOutputs(
  id: PartitionId,
  offset: Offset,
  now: number,
  outputs: readonly EmittedOutput[],
): readonly DigestedOutput[] {
  if (outputs.length === 0) return [];
  const partition = JSON.stringify([id.topic, id.partition]);
  const time = Number.isFinite(now) ? now : null;
  return outputs.map(({ output: name, key, businessId, value }, index) => ({
    partition,
    offset,
    time,
    name,
    key,
    ordinal: outputs.slice(0, index).filter((other) => other.output === name && other.key === key).length,
    businessId,
    value,
  }));
}

/** The columns of a chunk as JSON; what few outputs have (ordinals, business ids) with their index. */
function chunkText(outputs: readonly DigestedOutput[]): string {
  const partitions = [...new Set(outputs.map(({ partition }) => partition))];
  const names = [...new Set(outputs.map(({ name }) => name))];
  const rare = <T>(of: (output: DigestedOutput) => T, usual: T): string =>
    JSON.stringify(outputs.map((output, index) => [index, of(output)] as const).filter(([, value]) => value !== usual));
  return [
    `[[${partitions.join(',')}]`,
    JSON.stringify(names),
    JSON.stringify(outputs.map(({ partition }) => partitions.indexOf(partition))),
    JSON.stringify(outputs.map(({ name }) => names.indexOf(name))),
    numbersText(outputs.map(({ offset }) => offset)),
    numbersText(outputs.map(({ time }) => time)),
    JSON.stringify(outputs.map(({ key }) => key)),
    rare(({ ordinal }) => ordinal, 0),
    rare(({ businessId }) => businessId, null),
    `[${outputs.map(({ value }) => JSON.stringify(value)).join(',')}]]`,
  ].join(',');
}

/** Whole numbers from 0 up as the first and the differences that follow; other columns as they are. */
function numbersText(numbers: readonly (number | null)[]): string {
  if (!numbers.every((number) => number !== null && Number.isSafeInteger(number) && number >= 0)) {
    return JSON.stringify(numbers);
  }
  const whole = numbers as readonly number[];
  const steps = whole.slice(1).map((number, index) => number - (whole[index] ?? 0));
  return JSON.stringify({ first: whole[0], steps });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
