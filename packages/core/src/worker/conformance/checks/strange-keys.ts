import { failed, notChecked, passed, type CheckFinding } from '../conformance-report.js';
import { differenceBetween, foldTrial } from '../fold-trial.js';
import type { Talk } from '../talk.js';
import { membersOf, type TrialEvent } from '../trial-event.js';
import type { Trial } from '../trial.js';

const strange = [
  '__proto__',
  'constructor',
  'tostring',
  '"q" \\ /',
  '\u0001\n\u2028',
  '😀👍',
  'é',
  'e\u0301',
  'null',
  '1.0',
  '',
];
const ordinary = 'ordinary-1';

/** Keys are texts like others: none is special to the process, and none that looks alike is the same. */
export async function checkStrangeKeys(trial: Trial): Promise<CheckFinding> {
  const talk = await trial.talk();
  const model = await findModel(talk, trial.events);
  if (model === null) return notChecked('the keys of this worker are not texts that stand in its events');
  const usable: string[] = [];
  for (const key of strange) {
    const event = withKey(model.event, model.key, key);
    const [named] = await talk.send([event], 0).keys;
    // A handler may have reasons to refuse a key; to make another of it, there are none but in the empty text.
    if (named?.kind !== 'keys') continue;
    if (named.keys.includes(key)) usable.push(key);
    else if (key !== '') return failed(`the key ${JSON.stringify(key)} came back as ${JSON.stringify(named.keys)}`);
  }
  const events = [...usable, ...usable].map((key) => withKey(model.event, model.key, key));
  const { effects } = await talk.run(events, new Map());
  // A handler may refuse the second of two equal events.
  const count = effects.events.length;
  const apart = await foldTrial(talk, events.slice(0, count), Array<number>(count).fill(1));
  const difference = differenceBetween(effects, apart);
  if (difference !== null) return failed(`with strange keys one by one, ${difference}`);
  return usable.length === 0
    ? notChecked('the handler refuses all strange keys')
    : passed(
        `it keeps apart ${usable.length} keys such as ${usable
          .slice(0, 3)
          .map((key) => JSON.stringify(key))
          .join(', ')}`,
      );
}

/** An event of which one text is its key: with another text in its place, the event has another key, and is handled. */
async function findModel(talk: Talk, events: readonly TrialEvent[]) {
  for (const event of events.slice(0, 8)) {
    const [named] = await talk.send([event], 0).keys;
    for (const key of named?.kind === 'keys' ? named.keys : []) {
      const { asked, effects } = await talk.run([withKey(event, key, ordinary)], new Map());
      if (asked[0]?.includes(ordinary) === true && effects.error === null) return { event, key };
    }
  }
  return null;
}

function withKey(event: TrialEvent, old: string, key: string): TrialEvent {
  const members = Object.entries(membersOf(event) ?? {}).map(([name, value]) => [name, value === old ? key : value]);
  const value = event.value.startsWith('{') ? JSON.stringify(Object.fromEntries(members)) : event.value;
  return { key: event.key === old ? key : event.key, value };
}
