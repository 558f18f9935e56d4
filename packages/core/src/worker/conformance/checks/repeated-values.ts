import { firstDifference } from '../../../model/json/first-difference.js';
import { failed, notChecked, passed, type CheckFinding } from '../conformance-report.js';
import type { Trial } from '../trial.js';
import type { ConformanceTrial } from './conformance-trial.js';
import { echoesOf } from './echoes.js';

// Each is a double that a shorter text, or a float, would make another of; integers up to the largest that is safe.
const numbers =
  '[0,-0,1,-1,9007199254740991,-9007199254740991,4503599627370495.5,0.1,0.30000000000000004,-1.0,1e3,3.141592653589793,' +
  '2.2250738585072014e-308,5e-324,1.7976931348623157e-300,1e-7,123456789.12345679,-0.000001,16777217,2147483648,-2147483649]';

const texts = JSON.stringify({
  '': 'empty name',
  empty: '',
  quotes: '"\\/\'`',
  controls: '\u0000\u0001\b\t\n\f\r\u001f\u007f',
  lines: '\u2028\u2029\u0085',
  latin: 'é e\u0301 ß ÿ',
  wide: '日本語 \uffff',
  beyond: '😀 👩‍👩‍👧 \u{10ffff}',
  ['__proto__']: 'a name like others',
  constructor: { prototype: null },
  like: ['null', 'true', '12', '1.0', 'NaN'],
});

const levels = 900;
const deep = `${'[{"in":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;

/** Numbers come back as the same doubles. */
export const checkNumbers: ConformanceTrial = (trial) => checkRepeated(trial, numbers);

/** Texts and names come back character by character. */
export const checkTexts: ConformanceTrial = (trial) => checkRepeated(trial, texts);

/** An event may be a thousand levels deep. */
export const checkDepth: ConformanceTrial = async (trial) => {
  const finding = await checkRepeated(trial, deep);
  return finding.result === 'not-checked' && trial.events.length > 0
    ? passed(`it reads an event of ${levels} levels`)
    : finding;
};

async function checkRepeated(trial: Trial, content: string): Promise<CheckFinding> {
  const [event] = trial.events;
  if (event === undefined) return notChecked('there is no event that the handler takes without a fault');
  if (!event.value.startsWith('{')) return notChecked('the events are no objects, so nothing can be added to them');
  const echoes = await echoesOf(await trial.talk(), event, content);
  if (echoes === null) return notChecked('the handler refuses an event with a member more');
  if (echoes.length === 0) {
    return notChecked(
      'no state and no output of this worker repeats what its events say; try one that keeps them whole',
    );
  }
  for (const echo of echoes) {
    const difference = firstDifference(JSON.parse(content), echo);
    if (difference === null) continue;
    const [sent, got] = [difference.left, difference.right].map((value) => String(JSON.stringify(value)).slice(0, 80));
    return failed(`at ${difference.path.slice(0, 80)} it was sent ${sent} and gave ${got} back`);
  }
  return passed(`${echoes.length} times, what the event said came back as it was`);
}
