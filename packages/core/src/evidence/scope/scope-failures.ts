import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { PlanScope } from '../../model/plan/plan.js';
import { describePartitionChoice, type PartitionChoice } from './scope-request.js';

const named = 5;

const number = (value: number): string => value.toLocaleString('en-US');

export function stopped(): RecoveryError {
  return new RecoveryError('interrupted', 'stopped before the scope was known', { hint: 'run the same command again' });
}

export function emptyRequest(): RecoveryError {
  return new RecoveryError('empty-scope', 'the scope chooses nothing: it names no key, no condition and no partition', {
    hint: 'give --keys, --key-file, --where or --partition; leave all of them out for a recovery of everything',
  });
}

export function noSuchPartition(choice: PartitionChoice, there: readonly string[]): RecoveryError {
  const more = there.length > named ? ` and ${there.length - named} more` : '';
  return new RecoveryError('empty-scope', `the log has no partition ${describePartitionChoice(choice)}`, {
    hint: `there are ${there.slice(0, named).join(', ')}${more}`,
  });
}

export function noEventChosen(events: number): RecoveryError {
  return new RecoveryError('empty-scope', `none of the ${number(events)} events of the range fulfils the condition`, {
    hint: 'the range goes from the baseline to the target; look at the spelling, at the kind ("3" is no number), and at what the worker sees as the value',
  });
}

export function noKeyKnown(keys: readonly string[]): RecoveryError {
  const first = keys
    .slice(0, named)
    .map((key) => JSON.stringify(key))
    .join(', ');
  const more = keys.length > named ? ` and ${number(keys.length - named)} more` : '';
  return new RecoveryError('empty-scope', `neither the baseline nor an event of the range knows ${first}${more}`, {
    hint: 'keys are compared letter by letter, as the worker names them',
  });
}

export function tooManyKeys(keys: number, most: number): RecoveryError {
  return new RecoveryError(
    'scope-too-large',
    `the scope has ${number(keys)} keys, and a plan carries at most ${number(most)}`,
    { hint: 'choose fewer keys, or recover everything: leave the limits out' },
  );
}

/** What the chosen keys draw in, with the first events that do it. */
export function closureNotAccepted({ seeds, keys, keysInAll, joined, events }: PlanScope): RecoveryError {
  const more = keys.length - seeds;
  const share = keysInAll === 0 ? 100 : Math.floor((keys.length / keysInAll) * 100);
  const lines = joined
    .slice(0, named)
    .map(({ key, through, event }) => `  key ${JSON.stringify(key)} joins ${JSON.stringify(through)} through ${event}`);
  const all = events.inside + events.outside + events.withoutKeys;
  return new RecoveryError(
    'closure-not-accepted',
    [
      `events connect the chosen keys (${number(seeds)}) with ${number(more)} others: together ${number(keys.length)} of ${number(keysInAll)} keys (${share} %), ${number(events.inside)} of ${number(all)} events`,
      ...lines,
      ...(more > lines.length ? [`  and ${number(more - lines.length)} more`] : []),
    ].join('\n'),
    {
      hint:
        share >= 90
          ? 'nearly everything hangs together here: recover everything without limits, or go on with --accept-closure'
          : 'a handler reads the states of all keys of its event, so they are recovered together: go on with --accept-closure, or choose other keys',
      details: { seeds, keys: keys.length, keysInAll, joined: joined.slice(0, named) },
    },
  );
}
