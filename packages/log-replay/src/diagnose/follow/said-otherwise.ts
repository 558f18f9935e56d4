import type { RecordedOutput } from '@eventmend/core';
import { sameRecorded } from '@eventmend/core/engine';
import type { CalledWorker } from './call-worker.js';
import { holdsFromAnyState, type AskedFromStates } from './other-states.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * Records that say something else than others of the same output and key, which one handling does not do. One that says what
 * those do not speak of at all may be a late one of the same handling.
 * @param live what the handler gives for their event
 */
export function saidOtherwise(
  records: readonly RecordedOutput[],
  before: readonly RecordedOutput[],
  live: CalledWorker,
): readonly RecordedOutput[] {
  return records.filter(({ output, key, value }) => {
    if (!isInForm(value, live, output)) return false;
    const same = before.filter((other) => other.output === output && other.key === key);
    return same.length > 0 && same.every((other) => !sameRecorded(other.value, value));
  });
}

/** Whether a handling may leave some output of a key more than once, by the name of the output. */
export class SaidOnce {
  readonly #confirmed = new Map<string, number>();

  /**
   * True where one of these records cannot be of the same handling as another one of its output and key, whatever state that was
   * handled from: the handler never gives two of them. Then nothing that is not known of states speaks against a second handling.
   */
  async provesAnotherHandling(
    asked: AskedFromStates,
    walked: WalkedEvent,
    live: CalledWorker,
    contradicting: readonly RecordedOutput[],
  ): Promise<boolean> {
    for (const { output, key } of contradicting) {
      const confirmed = this.#confirmed.get(output) ?? 0;
      const isOnce = ({ outputs }: CalledWorker): boolean =>
        outputs.filter((other) => other.output === output && (key === null || other.key === key)).length <= 1;
      if (confirmed >= enough ? isOnce(live) : await holdsFromAnyState(asked, walked, live, isOnce)) {
        this.#confirmed.set(output, confirmed + 1);
        return true;
      }
    }
    return false;
  }
}

/** False where a record has fields that the handler does not give: whoever added them may add others to each copy. */
function isInForm(value: unknown, { outputs }: CalledWorker, output: string): boolean {
  const given = outputs.filter((other) => other.output === output).map((other) => other.value);
  return given.length === 0 || given.some((other) => namesOf(value).every((name) => namesOf(other).includes(name)));
}

function namesOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  // An absent field may be written as null.
  return Object.entries(value).flatMap(([name, inner]) => ((inner ?? null) === null ? [] : [name]));
}

/** Of an output that so many events gave once at the most from all states, nothing more is asked. */
const enough = 200;
