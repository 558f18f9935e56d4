import type { z } from 'zod';
import { parseInstant } from './instant.js';
import { listOf, type ExternalRecordsFields } from './external-records-shape.js';
import { checkRows } from './rows-schema.js';

type Wrong = (message: string, ...path: string[]) => void;
type Claim = NonNullable<ExternalRecordsFields['stands_for']>;
type MadeEvent = NonNullable<ExternalRecordsFields['event']>;

/** Tells where the fields of a source of rows contradict each other, or need one another. */
export function checkExternalRecords(value: ExternalRecordsFields, context: z.RefinementCtx): void {
  const wrong: Wrong = (message, ...path) => {
    context.addIssue({ code: 'custom', path, message });
  };
  checkRows(value, context);
  if (value.use === 'facts' || value.use === 'totals') {
    checkStatement(value, value.use, wrong);
    return;
  }
  for (const name of ['fact', 'total'] as const) {
    if (value[name] !== undefined) wrong(`needs "use: ${name}s"`, name);
  }
  if (value.stands_for === undefined) {
    wrong('is needed: which events does a row stand for?', 'stands_for');
    return;
  }
  checkMatch(value, value.stands_for, wrong);
  checkEvents(value, value.stands_for, wrong);
  const types = value.stands_for.types === undefined ? null : listOf(value.stands_for.types);
  for (const type of listOf(value.complete_for ?? [])) {
    if (types?.includes(type) !== false) continue;
    wrong(`names ${type}, which is not under stands_for.types`, 'complete_for');
  }
  const [from, until] = [parseInstant(value.from ?? ''), parseInstant(value.until ?? '')];
  if (from !== null && until !== null && until < from) wrong('is before "from"', 'until');
}

const matchPath = ['stands_for', 'match'] as const;

/** By what the event of a row is recognised must stand in the rows, and the other way round. */
function checkMatch({ mapping: columns }: ExternalRecordsFields, { match: by }: Claim, wrong: Wrong): void {
  if (by.id === undefined && by.within === undefined) {
    wrong(
      'needs "id", or "within" (a duration) with "key" or "amount": how else is an event recognised?',
      ...matchPath,
    );
  }
  if (by.within !== undefined && by.key === undefined && by.amount === undefined) {
    wrong('needs "key" or "amount" too: events are not recognised by their time alone', ...matchPath, 'within');
  }
  for (const name of ['id', 'key', 'amount'] as const) {
    if (by[name] !== undefined && columns[name] === undefined) wrong(`needs "mapping.${name}"`, ...matchPath, name);
    if (by[name] === undefined && columns[name] !== undefined && !(name !== 'id' && columns.reversal !== undefined)) {
      wrong(`is compared with nothing: name where the event has it, under stands_for.match.${name}`, 'mapping', name);
    }
  }
  if (by.within !== undefined && columns.time === undefined) wrong('needs "mapping.time"', ...matchPath, 'within');
  if (by.time !== undefined && columns.time === undefined) wrong('needs "mapping.time"', ...matchPath, 'time');
  if (columns.reversal === 'negative' && columns.amount === undefined) {
    wrong('negative needs "mapping.amount"', 'mapping', 'reversal');
  }
}

/** Rows become events only where it is said how. */
function checkEvents(value: ExternalRecordsFields, claim: Claim, wrong: Wrong): void {
  const { event: made, use } = value;
  if (value.has_every_event === true && use === undefined) wrong('needs "use: events"', 'has_every_event');
  if (use !== undefined && made === undefined) wrong('needs "event": how does a row become one?', 'use');
  if (made === undefined) return;
  if (use === undefined) wrong('needs "use: events"', 'event');
  checkMadeEvent(value, claim, made, wrong);
}

function checkMadeEvent(
  { mapping: columns }: ExternalRecordsFields,
  claim: Claim,
  made: MadeEvent,
  wrong: Wrong,
): void {
  if (columns.time === undefined) wrong('needs "mapping.time": an event has its place by it', 'event');
  if (claim.match.within === undefined) {
    wrong('needs "within": how much earlier or later than a lost event may its row be?', ...matchPath);
  }
  const { topic = claim.topic } = made;
  if (topic === undefined) wrong('needs a topic, here or under stands_for', 'event');
  else if (claim.topic !== undefined && claim.topic !== topic) wrong('is not that of stands_for', 'event', 'topic');
  const fields = made.value !== undefined && made.value !== 'row' && 'columns' in made.value ? made.value.columns : {};
  for (const [field, given] of Object.entries(fields)) {
    if (typeof given === 'string' || !('mapped' in given) || columns[given.mapped] !== undefined) continue;
    wrong(`needs "mapping.${given.mapped}"`, 'event', 'value', 'columns', field);
  }
  if (made.key !== null && typeof made.key === 'object' && 'mapped' in made.key && columns.key === undefined) {
    wrong('needs "mapping.key"', 'event', 'key');
  }
}

/** Rows that say of states what they were stand for no event: what belongs to events has no place there. */
function checkStatement(value: ExternalRecordsFields, use: 'facts' | 'totals', wrong: Wrong): void {
  const { mapping: columns, fact: stated, total: sum } = value;
  for (const name of ['stands_for', 'complete_for', 'has_every_event', 'event', 'from', 'until'] as const) {
    if (value[name] !== undefined) wrong(`belongs to rows that stand for events, and not to "use: ${use}"`, name);
  }
  if (columns.reversal !== undefined) wrong(`belongs to rows that stand for events`, 'mapping', 'reversal');
  const needed = use === 'facts' ? (['key', 'time'] as const) : (['amount', 'time'] as const);
  for (const name of needed) {
    const given = columns[name];
    if (given === undefined) wrong(`needs "mapping.${name}"`, 'use');
    else if (typeof given === 'object' && given.optional === true) wrong('is needed in every row', 'mapping', name);
  }
  if (use === 'totals') {
    if (sum === undefined) wrong('needs "total": which measure is it?', 'use');
    if (stated !== undefined) wrong('needs "use: facts"', 'fact');
    return;
  }
  if (sum !== undefined) wrong('needs "use: totals"', 'total');
  if (stated === undefined) {
    wrong('needs "fact": what does a row say of the state of its key?', 'use');
    return;
  }
  const { state, fields } = stated;
  if ((state === undefined) === (fields === undefined)) wrong('needs either "state", all of it, or "fields"', 'fact');
  const named = fields ?? (typeof state === 'object' && 'columns' in state ? state.columns : {});
  const at = fields === undefined ? ['fact', 'state', 'columns'] : ['fact', 'fields'];
  for (const [field, given] of Object.entries(named)) {
    if (field.split('.').includes('')) wrong('must be a name, or names with dots between them', ...at, field);
    if (typeof given === 'string' || !('mapped' in given) || columns[given.mapped] !== undefined) continue;
    wrong(`needs "mapping.${given.mapped}"`, ...at, field);
  }
}
