import type { KnownEvent } from '../../src/evidence/matching/known-events.js';
import type { MatchRule } from '../../src/evidence/matching/match-rule.js';
import type { ExternalRecord } from '../../src/model/records/external-record.js';

/** What the plain loop says: for each kind of outcome the items, by what they say (equal ones may stand for each other). */
export interface NaiveMatching {
  readonly outcomes: readonly string[];
  readonly ambiguousPairs: number;
}

interface BlindTimes {
  readonly blind: readonly { readonly from: number; readonly until: number }[];
  readonly held: { readonly from: number; readonly until: number } | null;
}

/** Matching by looking at every record with every event, and at every assignment that there is. For small inputs. */
export function matchNaively(
  all: readonly ExternalRecord[],
  events: readonly KnownEvent[],
  rule: MatchRule,
  { blind, held }: BlindTimes,
): NaiveMatching {
  const outcomes: string[] = [];
  const { within } = rule;
  if (within === null || rule.amount === null) throw new Error('the model needs a tolerance and amounts');
  const records = all.filter(
    ({ type, reversal }) => !reversal && (type === null || (rule.types ?? [type]).includes(type)),
  );
  const amountOf = ({ amount }: ExternalRecord) => (amount === null ? null : String(Number(amount) * 100));
  const nameRecord = (record: ExternalRecord) =>
    JSON.stringify([record.id, record.key, record.time, amountOf(record), record.type]);
  const nameEvent = (event: KnownEvent) => JSON.stringify([event.id, event.key, event.time, event.amount, event.type]);
  const told = (kind: string, ...names: string[]) => outcomes.push([kind, ...names].join(' '));
  const alone = (record: ExternalRecord) => {
    const { time } = record;
    const [from, until] = [(time ?? 0) - within.later, (time ?? 0) + within.earlier];
    const unknown =
      held === null ||
      (time === null
        ? blind.length > 0
        : from < held.from || until > held.until || blind.some((each) => each.from <= until && from <= each.until));
    told(unknown ? 'not-comparable' : 'only-in-records', nameRecord(record));
  };

  // A lost event could be what the record speaks of: a hole's time, widened by the tolerance, has the record's.
  const couldBeLost = ({ time }: ExternalRecord): boolean =>
    blind.some((hole) => time !== null && time >= hole.from - within.earlier && time <= hole.until + within.later);

  // By id: equal ones are one, and what contradicts is ambiguous.
  let ambiguousPairs = 0;
  const leftRecords = records.filter(({ id }) => id === null);
  const leftEvents = events.filter(({ id }) => id === null);
  const ids = new Set([...records, ...events].flatMap(({ id }) => id ?? []));
  for (const id of ids) {
    const same = records.filter((record) => record.id === id);
    const known: KnownEvent[] = [];
    for (const event of events.filter((each) => each.id === id)) {
      if (known.some(({ type }) => type === event.type)) told('repeated-event', nameEvent(event));
      else known.push(event);
    }
    const [first, ...others] = same;
    const contradicting = others.filter((record) => nameRecord(record) !== nameRecord(first as ExternalRecord));
    for (const record of others) told(contradicting.includes(record) ? 'contradicting' : 'twice', nameRecord(record));
    if (first === undefined) leftEvents.push(...known);
    else if (known.length === 0) leftRecords.push(first);
    else if (known.length === 1 && contradicting.length === 0)
      told('matched', nameRecord(first), nameEvent(known[0] as KnownEvent));
    else {
      told('ambiguous-record', nameRecord(first));
      for (const event of known) told('ambiguous-event', nameEvent(event));
      ambiguousPairs += Math.min(known.length, new Set(same.map(nameRecord)).size);
    }
  }

  // By key, time and amount: every assignment of as many as possible.
  const complete: ExternalRecord[] = [];
  for (const record of leftRecords) {
    if (record.key === null || record.time === null || record.amount === null)
      told('not-comparable', nameRecord(record));
    else complete.push(record);
  }
  const whole: KnownEvent[] = [];
  for (const event of leftEvents) {
    if (event.key === null || event.time === null || event.amount === null) told('ambiguous-event', nameEvent(event));
    else whole.push(event);
  }
  const fits = (record: ExternalRecord, event: KnownEvent): boolean =>
    record.key === event.key &&
    amountOf(record) === event.amount &&
    (record.id === null || event.id === null) &&
    (record.time as number) - (event.time as number) <= within.later &&
    (event.time as number) - (record.time as number) <= within.earlier;
  let most = -1;
  let largest: ReadonlyMap<string, number>[] = [];
  const used = new Set<KnownEvent>();
  const chosen: (readonly [ExternalRecord, KnownEvent])[] = [];
  const assign = (at: number): void => {
    if (chosen.length + complete.length - at < most) return;
    const record = complete[at];
    if (record === undefined) {
      if (chosen.length > most) [most, largest] = [chosen.length, []];
      const pairs = new Map<string, number>();
      for (const [one, event] of chosen) {
        for (const name of [`${nameRecord(one)} ${nameEvent(event)}`, `r ${nameRecord(one)}`, `e ${nameEvent(event)}`])
          pairs.set(name, (pairs.get(name) ?? 0) + 1);
      }
      largest.push(pairs);
      return;
    }
    for (const event of whole) {
      if (used.has(event) || !fits(record, event)) continue;
      used.add(event);
      chosen.push([record, event]);
      assign(at + 1);
      chosen.pop();
      used.delete(event);
    }
    assign(at + 1);
  };
  assign(0);
  /** How often in every assignment; null where it differs. */
  const always = (name: string): number | null => {
    const counts = new Set(largest.map((pairs) => pairs.get(name) ?? 0));
    return counts.size === 1 ? ([...counts][0] ?? 0) : null;
  };
  const recordNames = [...new Set(complete.map(nameRecord))];
  const eventNames = [...new Set(whole.map(nameEvent))];
  const certainOf = new Map<string, number>();
  let certain = 0;
  for (const one of recordNames) {
    for (const other of eventNames) {
      const pairs = always(`${one} ${other}`) ?? 0;
      const record = complete.find((each) => nameRecord(each) === one) as ExternalRecord;
      for (let i = 0; i < pairs; i++) told(couldBeLost(record) ? 'doubtful' : 'matched', one, other);
      certainOf.set(`r ${one}`, (certainOf.get(`r ${one}`) ?? 0) + pairs);
      certainOf.set(`e ${other}`, (certainOf.get(`e ${other}`) ?? 0) + pairs);
      certain += pairs;
    }
  }
  ambiguousPairs += most - certain;
  for (const name of recordNames) {
    const items = complete.filter((record) => nameRecord(record) === name);
    const covered = always(`r ${name}`);
    const free = covered === null ? 0 : items.length - covered;
    for (let i = 0; i < free; i++) {
      if (covered === 0 && i === 0) alone(items[0] as ExternalRecord);
      else told('twice', name);
    }
    for (let i = items.length - free - (certainOf.get(`r ${name}`) ?? 0); i > 0; i--) told('ambiguous-record', name);
  }
  for (const name of eventNames) {
    const items = whole.filter((event) => nameEvent(event) === name);
    const covered = always(`e ${name}`);
    const free = covered === null ? 0 : items.length - covered;
    for (let i = 0; i < free; i++) told('missing', name);
    for (let i = items.length - free - (certainOf.get(`e ${name}`) ?? 0); i > 0; i--) told('ambiguous-event', name);
  }
  return { outcomes: outcomes.sort(), ambiguousPairs };
}
