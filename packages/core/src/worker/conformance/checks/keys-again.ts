import { failed, notChecked, passed, type CheckFinding } from '../conformance-report.js';
import type { KeysOfEvent } from '../../process/read-keys-answer.js';
import type { Trial } from '../trial.js';

/** Keys derive from the event alone: not from its neighbours, not from what was asked before. */
export async function checkKeysAgain(trial: Trial): Promise<CheckFinding> {
  if (trial.events.length === 0) return notChecked('the worker names no keys for any of these events');
  const talk = await trial.talk();
  const together = await talk.send(trial.events, 0).keys;
  const backwards = (await talk.send([...trial.events].reverse(), 0).keys).toReversed();
  for (const [place, event] of trial.events.entries()) {
    const [alone] = await talk.send([event], place).keys;
    for (const again of [backwards[place], alone]) {
      if (text(together[place]) !== text(again)) {
        return failed(`event ${place} names ${text(together[place])}, and asked again ${text(again)}`);
      }
    }
  }
  return passed(`${trial.events.length} events name the same keys, together, backwards and alone`);
}

function text(keys: KeysOfEvent | undefined): string {
  return JSON.stringify(keys?.kind === 'keys' ? keys.keys : (keys ?? null)).slice(0, 200);
}
