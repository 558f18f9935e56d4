import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { OutputsDigest } from './golden-outputs.js';
import { outputDigestLine } from './output-digest-line.js';

export interface OutputsAgreement {
  readonly outputs: number;
  /** From which row on they are the right ones, in the right order; null when they are not. */
  readonly rightFromRow: number | null;
}

export interface IntendedOutputText {
  readonly output: string;
  readonly key: string;
  readonly value: unknown;
}

type Outputs = Iterable<IntendedOutputText> | AsyncIterable<IntendedOutputText>;

/** Holds the outputs that a recovery intends, in their order, against the digests of the right ones. */
export async function compareOutputs(intended: Outputs, truth: string): Promise<OutputsAgreement> {
  const { digests } = JSON.parse(readFileSync(truth, 'utf8')) as { readonly digests: readonly OutputsDigest[] };
  const hash = createHash('sha256');
  let outputs = 0;
  let text = '';
  const take = ({ output, key, value }: IntendedOutputText) => {
    text += outputDigestLine(output, key, JSON.stringify(value));
    outputs++;
    if (text.length < 1 << 18) return;
    hash.update(text);
    text = '';
  };
  // Awaiting each of a million outputs that are there already would cost more than looking at them.
  if (Symbol.iterator in intended) for (const output of intended) take(output);
  else for await (const output of intended) take(output);
  const sha256 = hash.update(text).digest('hex');
  const right = digests.find((digest) => digest.sha256 === sha256 && digest.outputs === outputs);
  return { outputs, rightFromRow: right?.fromRow ?? null };
}

/** The outputs in a file that `eventmend export RUN --what outputs` wrote. */
export async function* exportedOutputs(path: string): AsyncIterable<IntendedOutputText> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line !== '') yield JSON.parse(line) as IntendedOutputText;
  }
}
