import { hash as hashOnce } from 'node:crypto';
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
  const partition = textOfPartition(id);
  const time = Number.isFinite(now) ? now : null;
  return outputs.map(({ output: name, key, businessId, value }, index) => ({
    partition,
    offset,
    time,
    name,
    key,
    ordinal: index === 0 ? 0 : countBefore(outputs, index, name, key),
    businessId,
    value,
  }));
}

function countBefore(outputs: readonly EmittedOutput[], index: number, name: string, key: string): number {
  return outputs.slice(0, index).filter((other) => other.output === name && other.key === key).length;
}

const partitionTexts = new WeakMap<PartitionId, string>();

function textOfPartition(id: PartitionId): string {
  let text = partitionTexts.get(id);
  if (text === undefined) partitionTexts.set(id, (text = JSON.stringify([id.topic, id.partition])));
  return text;
}

/** The columns of a chunk as JSON; what few outputs have (ordinals, business ids) with their index. */
function chunkText(outputs: readonly DigestedOutput[]): string {
  const partitions: string[] = [];
  const names: string[] = [];
  const [partitionOf, nameOf]: [number[], number[]] = [[], []];
  const [ordinals, businessIds]: [[number, number][], [number, string][]] = [[], []];
  outputs.forEach(({ partition, name, ordinal, businessId }, index) => {
    partitionOf.push(placeIn(partitions, partition));
    nameOf.push(placeIn(names, name));
    if (ordinal !== 0) ordinals.push([index, ordinal]);
    if (businessId !== null) businessIds.push([index, businessId]);
  });
  return [
    `[[${partitions.join(',')}]`,
    JSON.stringify(names),
    JSON.stringify(partitionOf),
    JSON.stringify(nameOf),
    numbersText(outputs.map(({ offset }) => offset)),
    numbersText(outputs.map(({ time }) => time)),
    JSON.stringify(outputs.map(({ key }) => key)),
    JSON.stringify(ordinals),
    JSON.stringify(businessIds),
    `${JSON.stringify(outputs.map(({ value }) => value))}]`,
  ].join(',');
}

/** Where a text stands in a list; behind its end it is added. */
function placeIn(list: string[], text: string): number {
  const place = list.indexOf(text);
  return place >= 0 ? place : list.push(text) - 1;
}

/** Whole numbers from 0 up as the first and the differences that follow; other columns as they are. */
function numbersText(numbers: readonly (number | null)[]): string {
  if (!numbers.every((number) => number !== null && Number.isSafeInteger(number) && number >= 0)) {
    return JSON.stringify(numbers);
  }
  const whole = numbers as readonly number[];
  const steps: number[] = [];
  for (let index = 1; index < whole.length; index++) steps.push(whole[index]! - whole[index - 1]!);
  return JSON.stringify({ first: whole[0], steps });
}

function sha256(text: string): string {
  return hashOnce('sha256', text);
}
