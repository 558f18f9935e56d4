import type { EventHeaders } from '@eventmend/core';

/** What a pattern may be about. A worker's event is one. */
export interface PatternEvent {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly headers: EventHeaders;
  readonly value: unknown;
}

export type Scalar = string | number | boolean | null;

/** Something that every event has a value of, or lacks. */
export type FieldOrigin =
  'deploy' | 'topic' | 'partition' | 'time' | 'day' | 'hour' | 'hour of day' | 'key' | 'header' | 'value';

export interface Field {
  readonly origin: FieldOrigin;
  /** Name of the header, or dotted path in the value. Empty for the others. */
  readonly name: string;
}

/** The features of one event, free of the event itself: numbers of fields, and their values. */
export interface FeatureRow {
  readonly fields: readonly number[];
  readonly values: readonly Scalar[];
}

export interface FeatureReader {
  read(event: PatternEvent, time: number | null): FeatureRow;
  /** All fields so far, by number: those with a plainer meaning come first. */
  readonly fields: readonly Field[];
}

export interface Deploy {
  /** First moment of the deploy, in milliseconds. */
  readonly at: number;
  readonly name: string;
}

/** Longer texts are not kept: they are hardly what events have in common. */
const longestText = 64;
const mostFields = 500;
const mostFieldsOfEvent = 64;
const deepest = 5;

/** Where in values a field stands; fields of an object hang below it. */
interface Place {
  readonly path: string;
  readonly children: Map<string, Place>;
  /** Not numbered before the first scalar there; -1 where there were too many fields already. */
  field: number | null;
  length: number | null;
}

/** Reads features; it knows the fields of all events that it has read, so that each is named once only. */
export function createFeatureReader(deploys: readonly Deploy[]): FeatureReader {
  const fields: Field[] = [];
  const number = (origin: FieldOrigin, name = ''): number => {
    if (fields.length >= mostFields) return -1;
    return fields.push({ origin, name }) - 1;
  };
  const deploy = number('deploy');
  const topic = number('topic');
  const partition = number('partition');
  const clock = number('time');
  const day = number('day');
  const hour = number('hour');
  const hourOfDay = number('hour of day');
  const key = number('key');
  const headers = new Map<string, number>();
  const root = newPlace('');
  const rising = [...deploys].sort((a, b) => a.at - b.at);

  return {
    fields,
    read(event, time) {
      const row: { fields: number[]; values: Scalar[] } = { fields: [], values: [] };
      const note = (field: number, value: Scalar): void => {
        if (field < 0 || row.fields.length >= mostFieldsOfEvent) return;
        if (typeof value === 'string' && value.length > longestText) return;
        row.fields.push(field);
        row.values.push(value);
      };
      note(topic, event.topic);
      note(partition, `${event.topic}[${event.partition}]`);
      if (time !== null && Number.isFinite(time)) {
        const hours = Math.floor(time / 3_600_000);
        note(clock, time);
        note(day, Math.floor(hours / 24));
        note(hour, hours);
        note(hourOfDay, ((hours % 24) + 24) % 24);
        if (rising.length > 0) note(deploy, deployAt(rising, time));
      }
      if (event.key !== null) note(key, event.key);
      for (const [name, value] of event.headers) {
        let field = headers.get(name);
        if (field === undefined && name.length <= longestText) {
          field = number('header', name);
          if (field >= 0) headers.set(name, field);
        }
        // A header may be there twice; the first one counts.
        if (field !== undefined && !row.fields.includes(field))
          note(field, typeof value === 'object' && value !== null ? value.base64 : value);
      }
      walk(event.value, root, 0, note);
      return row;
    },
  };

  function walk(value: unknown, place: Place, depth: number, note: (field: number, value: Scalar) => void): void {
    if (Array.isArray(value)) {
      note((place.length ??= number('value', `${place.path}${place.path === '' ? '' : '.'}length`)), value.length);
      return;
    }
    if (typeof value !== 'object' || value === null) {
      if (isScalar(value)) note((place.field ??= number('value', place.path)), value);
      return;
    }
    if (depth === deepest) return;
    let width = 0;
    for (const name of Object.keys(value)) {
      if (++width > mostFieldsOfEvent || name.length > longestText) continue;
      let child = place.children.get(name);
      if (child === undefined) {
        // Objects that are used as tables have ever new names: the first ones are enough.
        if (fields.length >= mostFields || place.children.size >= mostFields) continue;
        child = newPlace(place.path === '' ? name : `${place.path}.${name}`);
        place.children.set(name, child);
      }
      walk((value as Record<string, unknown>)[name], child, depth + 1, note);
    }
  }
}

function newPlace(path: string): Place {
  return { path, children: new Map(), field: null, length: null };
}

function isScalar(value: unknown): value is Scalar {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

/** Index of the deploy that was in force, -1 before the first. */
function deployAt(rising: readonly Deploy[], time: number): number {
  return rising.findLastIndex(({ at }) => at <= time);
}
