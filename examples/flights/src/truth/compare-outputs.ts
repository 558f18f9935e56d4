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

/** Holds exported outputs (`eventmend export RUN --what outputs`) against the digests of the right ones. */
export async function compareOutputs(exported: string, truth: string): Promise<OutputsAgreement> {
  const { digests } = JSON.parse(readFileSync(truth, 'utf8')) as { readonly digests: readonly OutputsDigest[] };
  const hash = createHash('sha256');
  let outputs = 0;
  let text = '';
  for await (const line of createInterface({ input: createReadStream(exported), crlfDelay: Infinity })) {
    if (line === '') continue;
    const { output, key, value } = JSON.parse(line) as { output: string; key: string; value: unknown };
    text += outputDigestLine(output, key, JSON.stringify(value));
    outputs++;
    if (text.length < 1 << 18) continue;
    hash.update(text);
    text = '';
  }
  const sha256 = hash.update(text).digest('hex');
  const right = digests.find((digest) => digest.sha256 === sha256 && digest.outputs === outputs);
  return { outputs, rightFromRow: right?.fromRow ?? null };
}
