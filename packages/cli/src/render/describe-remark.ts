import { describeDamagedRecord, describePartition } from '@eventmend/core/engine';
import type { Remark } from '@eventmend/core/incident';
import { countOf, formatCount, isoTime } from '../terminal/format.js';
import { describeShifts } from './describe-agreement.js';
import { describeOffset } from './describe-offset.js';

const unhashedWords = {
  'computed-import': ['it imports by a path that is computed', 'write out what is imported'],
  'renamed-require': ['it loads by a function that createRequire made', 'call that function require'],
  'file-read': ['it reads files', 'declare what they hold as references'],
} as const;

function describeUnhashed({
  kind,
  places,
}: Extract<Remark, { kind: 'unhashed-code' }>['code']): readonly [text: string, hint: string] {
  const [what, instead] = unhashedWords[kind];
  const more = places.length > 3 ? ` and ${formatCount(places.length - 3)} more` : '';
  const where = `${places.slice(0, 3).join(', ')}${more}`;
  return [`${what} (${where}): if that changes, no plan becomes stale`, `${instead}, or plan again after each change`];
}

/** What is wrong, and what can be done about it. */
export function describeRemark(remark: Remark): readonly [text: string, hint?: string | null | undefined] {
  switch (remark.kind) {
    case 'error':
      return [`${remark.error.number}: ${remark.error.message}`, remark.error.hint];
    case 'unhashed-code':
      return describeUnhashed(remark.code);
    case 'connection': {
      const { step, subject, found, hint } = remark.step;
      return [`${step} ${subject}: ${found}`, hint];
    }
    case 'no-such-topic':
      return [`it has no topic ${JSON.stringify(remark.topic)}`];
    case 'damaged-records':
      return [
        `${countOf(remark.records, 'record')} cannot be read`,
        remark.parked
          ? 'their offsets are quarantined; what they can reach is called incomplete'
          : 'correct the files, name another log that has them, or park them with poison: quarantine-event',
      ];
    case 'damaged-record':
      return [describeDamagedRecord(remark.record)];
    case 'more-damaged-records':
      return [`and ${countOf(remark.records, 'more record')}`];
    case 'odd-times':
      return describeOddTimes(remark);
    case 'unusable-order-field': {
      const where = remark.at === null ? '' : `${describeOffset(remark.at)} `;
      return [
        `${JSON.stringify(remark.path)} cannot order the events: ${where}${remark.reason}`,
        'name a field that every event has, of one type; or order by time',
      ];
    }
    case 'no-log':
      return [
        'nothing is replayed or proven, no value is exact, and nobody knows how many events are lost',
        'name what is left of the log; else a recovery begins at snapshots, and brings in what other systems recorded',
      ];
    case 'no-events':
      return ['it has no events'];
    case 'no-rows':
      return ['it has no rows'];
    case 'no-snapshots':
      return [
        'there is no snapshot in it',
        'snapshots are files that end in .ndjson, as eventmend export writes them; other forms are mapped under live.state',
      ];
    case 'no-write-ahead-log':
      return [
        'it is written through a write-ahead log, and no -wal file stands beside it: a copy may lack the newest rows',
        'copy it with: sqlite3 FILE ".backup COPY"; nothing is missing where the service closed it cleanly',
      ];
    case 'json-as-text':
      return [
        'it is a text here, and looks like JSON: a worker that gives the JSON agrees with none of it',
        'say so in the mapping: {column: NAME, type: json}',
      ];
    case 'damaged-snapshot': {
      const { location, reason } = remark;
      return [reason.startsWith(location) ? reason : `${location}: ${reason}`];
    }
    case 'no-position':
      return [
        `${remark.snapshot} has no position, so it is not compared with anything`,
        'add position: {TOPIC: {PARTITION: "next offset"}}',
      ];
    case 'partition-not-in-log':
      return [
        `${remark.snapshot} stands at ${describePartition(remark)}, and the log has no such partition`,
        'correct the position, or name the log that has it',
      ];
    case 'behind-log-end':
      return [
        `${remark.snapshot} stands at ${describePartition(remark)}@${formatCount(remark.next)}, and the log ends at ${formatCount(remark.end)}`,
        'the position is the next offset to read: is it of this log, or does the log lack its newest events?',
      ];
    case 'names-not-in-log':
      return describeNames(remark);
    case 'order-refuted':
      return [remark.objection, 'sort the rows as they were handled (a query with ORDER BY), or say order: unknown'];
    case 'rows-without-event':
      return [
        `${rowsOf(remark)} name no event, so nothing can be told from them`,
        'map event: {topic, partition, offset} or event_id',
      ];
    case 'rows-of-unknown-partition':
      return [
        `${rowsOf(remark)} name events of partitions that the log does not have, first ${describeOffset(remark.first)}`,
        'is the topic the one of the log? topic: NAME is a constant, topic: {column: NAME} a column',
      ];
    case 'rows-outside-log':
      return [
        `${rowsOf(remark)} name offsets that the log never held, first ${describeOffset(remark.first)}`,
        'is the offset that of the event, and not that of the output? Or does the log lack its newest events?',
      ];
    case 'deliveries-of-unknown':
      return [
        `${deliveriesOf(remark)} do not tell which event they deliver, first ${describeOffset(remark.first)}`,
        'where the service handled one of them, no event can be told to be missed; check "headers"',
      ];
    case 'deliveries-of-other-topic':
      return [`${deliveriesOf(remark)} deliver events of other topics, first ${describeOffset(remark.first)}`];
    case 'originals-not-held':
      return [
        `${deliveriesOf(remark)} deliver events that no log holds, first ${describeOffset(remark.first)}`,
        'name a log that holds them: a delivery does not stand in for its event',
      ];
    case 'sent-again':
      return [`${countOf(remark.outputs, 'output')} sent again under the id of an earlier one`];
    case 'id-reused':
      return [
        `${countOf(remark.outputs, 'output')} with the id of an earlier one and another content, first ${JSON.stringify(remark.id)} (rows ${remark.earlier + 1} and ${remark.seq + 1})`,
        'is that column really an id of the output? What they mean is unknown otherwise',
      ];
    case 'odd-record-times': {
      const { times, looked } = remark;
      const hint =
        times.unit === null ? 'are these numbers times?' : `they look like ${times.unit}: set unit: ${times.unit}`;
      return [
        `${times.events} of the first ${countOf(looked, 'row')} have a time such as ${isoTime(times.time)}`,
        hint,
      ];
    }
    case 'nothing-to-compare-with':
      return ['nothing is known to compare it with: there is no log, or the log or the worker cannot be opened'];
    case 'no-such-events':
      return [
        'the log has no event that its rows could stand for',
        'look at topic and types: a type is what the worker calls it (eventType), or what the event itself says',
      ];
    case 'no-common-time':
      return [
        'it covers no time of which the log holds events, or less than its rows may be early or late',
        'is the time in the right column, unit and form? from and until say what the source covers',
      ];
    case 'only-other-types':
      return [
        `all ${countOf(remark.records, 'row')} are of types that it does not stand for`,
        'say with mapping.type.names which type of event a text means',
      ];
    case 'nothing-matched':
      return [
        `none of its rows is one of the ${countOf(remark.known, 'known event')}`,
        'compare the rows above with the events of the log: is it the same id, key, time and amount?',
      ];
    case 'path-not-in-events':
      return [
        `${formatCount(remark.without)} of ${countOf(remark.events, 'event')} have nothing at ${remark.path}`,
        remark.severity === 'problem' ? 'is the path right? It begins with key, time, header or value' : null,
      ];
    case 'amounts-in-other-unit': {
      const { factor, pairs, declared } = remark;
      return [
        `amounts look as if they were in another unit: ${countOf(pairs, 'row')} with ${factor} in place of factor ${declared}`,
        `say so: amount: {path: …, factor: ${factor}}; or is the decimal comma another?`,
      ];
    }
    case 'clock-shifted':
      return [
        `all times are ${describeShifts(remark.shifts)} than the events`,
        'say in which zone they are, zone: Europe/Berlin for instance; nothing is moved without it',
      ];
    case 'rows-contradicting':
      return [
        `${countOf(remark.rows, 'row')} with the id of an earlier one and another content`,
        'which of them holds is not known: is the id that of the event, and are reversals declared?',
      ];
    case 'reversals-of-nothing':
      return [
        `${formatCount(remark.rows)} of ${countOf(remark.reversals, 'reversal')} take back a row that is not there`,
      ];
    case 'events-not-decodable':
      return [`${countOf(remark.events, 'event')} cannot be decoded: rows of their time are not compared`];
    case 'nothing-placed':
      return [`live.${remark.from} gives no event a place`];
    case 'records-without-place':
      return [`${countOf(remark.records, 'record')} tell nothing about the order`];
    case 'records-with-equal-times':
      return [
        `${countOf(remark.records, 'record')} have the time of the one in front: they keep the order of the rows`,
      ];
  }
}

function rowsOf({ rows, records }: { readonly rows: number; readonly records: number }): string {
  return `${formatCount(rows)} of ${formatCount(records)} rows`;
}

function deliveriesOf({ deliveries, records }: { readonly deliveries: number; readonly records: number }): string {
  return `${formatCount(deliveries)} of ${formatCount(records)} records`;
}

function describeNames(
  remark: Extract<Remark, { kind: 'names-not-in-log' }>,
): readonly [text: string, hint: string | null] {
  const { severity, of, names, missing, first, events, wholeLog } = remark;
  const [verb, name] = of === 'key' ? ['names', 'key'] : ['has', 'event id'];
  const where = wholeLog ? 'no event of the log' : `none of the first ${formatCount(events)} events`;
  const shown = first.map((each) => JSON.stringify(each.slice(0, 40))).join(', ');
  return [
    `${where} ${verb} ${formatCount(missing)} of ${formatCount(names)} ${name}s: ${shown}${missing > first.length ? ', …' : ''}`,
    severity === 'problem' ? `is this really the column with the ${name}?` : null,
  ];
}

function describeOddTimes({ times, looked, mapped }: Extract<Remark, { kind: 'odd-times' }>) {
  const odd = times.kind === 'out-of-range' ? 'out of the range of any calendar' : 'not between 2000 and 2100';
  const text = `${countOf(times.events, 'event')} of the first ${looked} have a time that is ${odd}: ${isoTime(times.time)}`;
  if (times.unit === null) return [text, 'are these numbers times?'] as const;
  const hint = mapped
    ? `set unit: ${times.unit} in the mapping of the time`
    : 'a log has milliseconds: the order by time is wrong with them';
  return [text, `they look like ${times.unit}: ${hint}`] as const;
}
