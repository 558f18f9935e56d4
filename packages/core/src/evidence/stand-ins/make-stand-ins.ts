import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import { decodeStoredValues, storedValueBytes } from '../../model/log/decode-value.js';
import { EventPage } from '../../model/log/event-page.js';
import { multiplyDecimals } from '../../model/records/decimal.js';
import type { ExternalRecord } from '../../model/records/external-record.js';
import type { RecordWithEvent } from '../../sources/records/open-external-records.js';
import { describeRowPlace } from '../../sources/rows/row-source.js';
import { eventTypeOf } from '../../worker/event-type.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { WorkerEvent } from '../../worker/worker.js';
import { eventFacts, type EventFacts } from '../matching/event-facts.js';
import { eventReader } from '../matching/known-events.js';
import type { MatchRule } from '../matching/match-rule.js';
import type { StandIn } from './stand-in.js';

/**
 * Makes stand-ins of rows and the events that they become. Each must be what the row says, as the worker sees it: it is
 * recognised by its own row as the events of the log are by theirs.
 * @throws RecoveryError `invalid-field` for the first that is not
 */
export function standInMaker(
  name: string,
  rule: MatchRule,
  worker: OpenWorker,
): (made: readonly RecordWithEvent[]) => readonly StandIn[] {
  const factsOf = eventFacts(rule, worker.worker);
  const eventOf = eventReader(worker);
  return (made) => {
    const page = pageOf(made);
    return made.map(({ record, event: { topic, key, headers, value }, place }, index) => {
      const refuse = (message: string, hint: string) =>
        new RecoveryError('invalid-field', `${describeRowPlace(place)}: ${message}`, {
          hint,
          details: { ...place, source: name },
        });
      const event = eventOf(page, index, { source: `records:${name}`, topic, incarnation: '', partition: 0 });
      if (event === null) {
        throw refuse('the worker cannot decode the event that the row becomes', 'correct "event" of the source');
      }
      const type = eventTypeOf(worker.worker, event);
      const facts = factsOf(event);
      if (facts === null) {
        throw refuse(
          `the row becomes an event of type ${JSON.stringify(type)}, which the source does not stand for`,
          'let "event" say the type where the worker looks for it, or correct stands_for.types',
        );
      }
      const different = differenceOf(record, facts, rule);
      if (different !== null) {
        throw refuse(
          `the event that the row becomes has another ${different} than the row, where stands_for.match looks for it`,
          `give the event the ${different} of the row: { mapped: ${different} }`,
        );
      }
      const keys = keysOf(worker, event);
      return { source: name, row: place.number, topic, key, keys, type, value, headers, time: record.time ?? NaN };
    });
  };
}

/** Where the worker cannot say them the event is parked, or ends the run, when its turn comes. */
function keysOf(worker: OpenWorker, event: WorkerEvent): readonly string[] | null {
  if (worker.mode !== 'events') return null;
  try {
    return worker.keys(event);
  } catch (error) {
    if (isRecoveryError(error)) return null;
    throw error;
  }
}

function differenceOf(record: ExternalRecord, facts: EventFacts, rule: MatchRule): string | null {
  const differs = (of: string | null, made: string | null) => of !== null && of !== made;
  if (rule.id !== null && differs(record.id, facts.id)) return 'id';
  if (rule.key !== null && differs(record.key, facts.key)) return 'key';
  if (rule.amount !== null && record.amount !== null) {
    if (facts.amount !== multiplyDecimals(record.amount, rule.amount.factor)) return 'amount';
  }
  if (facts.time !== record.time) return 'time';
  return rule.typed && differs(record.type, facts.type) ? 'type' : null;
}

function pageOf(made: readonly RecordWithEvent[]): EventPage {
  return new EventPage({
    offsets: made.map((_, index) => index),
    timestamps: made.map(({ record }) => record.time ?? NaN),
    keys: made.map(({ event }) => event.key),
    headers: made.map(({ event }) => event.headers),
    decodeValues: () => decodeStoredValues(made.map(({ event }) => event.value)),
    valueBytes: (index) => storedValueBytes(made[index]?.event.value),
    keyBytes: (index) => {
      const key = made[index]?.event.key ?? null;
      return key === null ? null : Buffer.from(key, 'utf8');
    },
  });
}
