import type { EmittedOutput } from '@eventmend/core/engine';

/** What the events with one number of keys have led to so far. */
interface SpeechOfKeys {
  /** Of how many of their keys outputs speak; null where that varies. */
  spoken: number | null;
  /** The outputs that each of them led to, and how many times. */
  readonly constant: Map<string, number>;
}

/**
 * Tells whether a handler may send nothing at all for some events, before it is seen to do so. Where it speaks of one key of
 * an event here and of two there, it decides for each key by itself, and may decide so for all keys of an event. An output
 * that comes the same number of times with every event, whatever else does, leaves no event without a trace.
 */
export class Speech {
  readonly #byKeys = new Map<number, SpeechOfKeys>();

  /** Notes the outputs of an event. True where these, or what came before, leave room for an event without any. */
  maySilenceFollow(keys: readonly string[], outputs: readonly EmittedOutput[]): boolean {
    if (outputs.length === 0) return true;
    if (keys.length <= 1) return false;
    const spoken = keys.filter((key) => outputs.some((output) => output.key === key)).length;
    const before = this.#byKeys.get(keys.length);
    if (before === undefined) {
      const names = outputs.map(({ output }) => output);
      this.#byKeys.set(keys.length, { spoken, constant: new Map(names.map((name) => [name, countOf(name, outputs)])) });
      return false;
    }
    if (before.spoken !== spoken) before.spoken = null;
    for (const [name, count] of before.constant) if (countOf(name, outputs) !== count) before.constant.delete(name);
    return before.spoken === null && before.constant.size === 0;
  }
}

function countOf(name: string, outputs: readonly EmittedOutput[]): number {
  let count = 0;
  for (const { output } of outputs) if (output === name) count++;
  return count;
}
