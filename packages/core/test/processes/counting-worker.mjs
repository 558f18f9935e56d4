// A worker process that speaks the protocol, and does one wrong thing when it is told to: `node counting-worker.mjs FAULT`.
// Events name their keys themselves; each counts and gives the count. An event with `bad` is where the fault happens.
import { appendFileSync, closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setInterval } from 'node:timers';

const fault = process.argv[2] ?? 'none';
const startsFile = process.argv[3];
if (startsFile !== undefined) appendFileSync(startsFile, `${process.pid}\n`);

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const hang = () => {
  for (;;);
};
const batches = new Map();
let remembered = 0;

/** What happens when a bad event is come to; true where it has been dealt with. */
function atBadEvent(effects) {
  switch (fault) {
    case 'throws':
      throw new Error('no such airport');
    case 'dies':
      process.stderr.write('about to die\nout of cheese\n');
      process.kill(process.pid, 'SIGKILL');
      return hang();
    case 'exits':
      return process.exit(0);
    case 'exits-3':
      return process.exit(3);
    case 'loops':
      return hang();
    case 'prints':
      return void process.stdout.write('got here\n');
    case 'closes-stdout':
      closeSync(1);
      return hang();
    case 'hundred-megabytes':
      for (let written = 0; written < 100; written++) process.stdout.write('x'.repeat(1024 * 1024));
      return;
    case 'nan':
      effects.outputs.push(['count', 'NOT-A-NUMBER']);
      return;
    case 'big-integer':
      effects.outputs.push(['count', { deep: ['BIG-INTEGER'] }]);
      return;
    case 'undeclared-place':
      effects.writes = [5];
      return;
    case 'no-name':
      effects.outputs.push(['', 1]);
      return;
    case 'half-surrogate':
      effects.outputs.push(['count', 1, '\ud800']);
      return;
    case 'odd-output':
      effects.outputs.push('count');
      return;
    case 'twice-a-place':
      effects.reads = [0, 0];
      return;
  }
}

function handle({ batch, states, skip }) {
  const events = batches.get(batch);
  batches.delete(batch);
  const changed = {};
  const done = [];
  for (const [place, { value }] of events.entries()) {
    if (skip.includes(place)) {
      done.push(null);
      continue;
    }
    const effects = { reads: value.keys.map((_, at) => at), writes: value.keys.map((_, at) => at), outputs: [] };
    try {
      if (value.bad) atBadEvent(effects);
    } catch (error) {
      return {
        type: 'effects',
        batch,
        done: place,
        events: done,
        states: changed,
        error: { event: place, message: error.message },
      };
    }
    for (const key of value.keys) {
      const count = (changed[key] ?? states[key] ?? { count: 0 }).count + 1;
      changed[key] = fault === 'remembers' ? { count, seen: remembered++ } : { count };
      effects.outputs.push(['count', count, key]);
    }
    done.push(effects);
  }
  if (fault === 'undeclared-state' && events.some(({ value }) => value.bad)) changed['elsewhere'] = { count: 1 };
  if (fault === 'lacks-state' && events.some(({ value }) => value.bad)) delete changed[events.at(-1).value.keys[0]];
  return { type: 'effects', batch, done: done.length, events: done, states: changed };
}

function answerStates(message) {
  const events = batches.get(message.batch);
  const isBad = events.some(({ value }, place) => value.bad && !message.skip.includes(place));
  const answer = handle(message);
  if (isBad && fault === 'wrong-count') answer.done++;
  if (isBad && fault === 'another-batch') answer.batch--;
  if (isBad && fault === 'another-type') answer.type = 'keys';
  if (isBad && fault === 'silent') return;
  const text = JSON.stringify(answer).replace('"NOT-A-NUMBER"', 'NaN').replace('"BIG-INTEGER"', '9007199254740993');
  process.stdout.write(`${text}\n`);
  if (isBad && fault === 'answers-twice') process.stdout.write(`${text}\n`);
}

if (fault === 'dies-at-start') {
  process.stderr.write('cannot find my configuration\n');
  process.exit(7);
}
if (fault === 'prints-at-start') process.stdout.write('Welcome!\n');
if (fault === 'exits-0-at-start') process.exit(0);
if (fault === 'floods-stderr') {
  const flood = () => process.stderr.write('y'.repeat(1024 * 1024), flood);
  flood();
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  switch (message.type) {
    case 'hello':
      return say(
        fault === 'another-protocol'
          ? { type: 'worker', protocol: 3, name: 'counter', version: '1' }
          : fault === 'no-version'
            ? { type: 'worker', protocol: 1, name: 'counter' }
            : { type: 'worker', protocol: 1, name: 'counter', version: '1', outputs: { count: { kind: 'latest' } } },
      );
    case 'events':
      batches.set(message.batch, message.events);
      if (fault === 'dies-at-keys' && message.events.some(({ value }) => value.bad)) process.exit(9);
      return say({
        type: 'keys',
        batch: message.batch,
        keys: message.events.map(({ value }) =>
          value.bad && fault === 'no-keys'
            ? []
            : value.bad && fault === 'keys-error'
              ? { error: 'who knows' }
              : value.keys,
        ),
      });
    case 'states':
      return answerStates(message);
    case 'close':
      return fault === 'stays' ? setInterval(() => undefined, 1000) : process.exit(0);
  }
});
