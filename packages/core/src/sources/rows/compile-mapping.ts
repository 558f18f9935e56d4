import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { ColumnMapping, EnvelopeMapping, EventMapping, TimeUnit } from './event-mapping.js';
import type { NumberForm } from './inexact-rows.js';
import { isTimeZone } from './zone-time.js';
import { column, type Column } from './read-column.js';

/** A mapping that was checked once and made ready for millions of rows. */
export type CompiledMapping = CompiledColumns | CompiledEnvelope;

export interface CompiledEnvelope {
  readonly form: 'envelope';
  readonly mapping: EnvelopeMapping;
  readonly source: string | null;
  readonly numbers: NumberForm;
}

export interface CompiledColumns {
  readonly form: 'columns';
  readonly mapping: ColumnMapping;
  readonly source: string;
  readonly incarnation: string;
  readonly topic: string | Column;
  readonly partition: CompiledPartition;
  /** Null where offsets are assigned. */
  readonly offset: Column | null;
  readonly key: Column | null;
  readonly time: Column | null;
  readonly timeUnit: TimeUnit | null;
  readonly timeZone: string | null;
  readonly id: Column | null;
  readonly headers: Column | null;
  readonly rowNumber: string | null;
  readonly value: CompiledValue;
  readonly numbers: NumberForm;
}

export type CompiledPartition =
  | { readonly kind: 'constant'; readonly partition: number }
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'hash'; readonly column: Column; readonly count: number };

type CompiledValue =
  | { readonly kind: 'row' }
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] };

/** The rows are numbered in the order of the files. */
export function offsetsAreAssigned(mapping: CompiledMapping): boolean {
  return mapping.form === 'columns' && mapping.offset === null;
}

/** The same mapping for comparing rows: two that say the same have numbers of their own. */
export function withoutRowNumber(mapping: CompiledMapping): CompiledMapping {
  return mapping.form === 'columns' ? { ...mapping, rowNumber: null } : mapping;
}

/** @throws RecoveryError `invalid-configuration` when the mapping contradicts itself. */
export function compileMapping(mapping: EventMapping): CompiledMapping {
  if (mapping.form === 'envelope') {
    const source = mapping.source === undefined ? null : named(mapping.source, 'source');
    return { form: 'envelope', mapping, source, numbers: mapping.numbers ?? 'exact' };
  }
  const reference = (from: ColumnMapping['key']): Column | null =>
    from === undefined || from === null ? null : column(from);
  return {
    form: 'columns',
    mapping,
    source: named(mapping.source, 'source'),
    incarnation: mapping.incarnation ?? '',
    topic: typeof mapping.topic === 'string' ? named(mapping.topic, 'topic') : column(mapping.topic.column),
    partition: compilePartition(mapping.partition),
    offset: mapping.offset === 'assigned' ? null : column(mapping.offset.column),
    key: reference(mapping.key),
    time: reference(mapping.time),
    timeUnit: mapping.time?.unit ?? null,
    timeZone: knownZone(mapping.time?.zone),
    id: reference(mapping.id),
    headers: reference(mapping.headers),
    rowNumber: mapping.rowNumber ?? null,
    value: compileValue(mapping.value ?? 'row'),
    numbers: mapping.numbers ?? 'exact',
  };
}

function compilePartition(partition: ColumnMapping['partition']): CompiledPartition {
  if ('constant' in partition) {
    return { kind: 'constant', partition: wholeNumber(partition.constant, 0, 'partition.constant') };
  }
  if ('hash' in partition) {
    return {
      kind: 'hash',
      column: column({ column: partition.hash, optional: true }),
      count: wholeNumber(partition.count, 1, 'partition.count'),
    };
  }
  return { kind: 'column', column: column(partition.column) };
}

function compileValue(value: NonNullable<ColumnMapping['value']>): CompiledValue {
  if (value === 'row') return { kind: 'row' };
  if ('column' in value) return { kind: 'column', column: column(value.column) };
  if (value.columns.length === 0) throw invalid('value.columns names no column');
  return { kind: 'columns', columns: value.columns.map(column) };
}

function named(name: string, what: string): string {
  if (typeof name === 'string' && name !== '') return name;
  throw invalid(`${what} must be a text that is not empty`);
}

/** @throws RecoveryError `invalid-configuration` for a name that is no zone. */
export function knownZone(zone: string | undefined): string | null {
  if (zone === undefined || isTimeZone(zone)) return zone ?? null;
  throw invalid(`time.zone ${JSON.stringify(zone)} is no time zone; write one such as Europe/Berlin`);
}

function wholeNumber(value: number, least: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= least && value < 2 ** 31) return value;
  throw invalid(`${what} must be a whole number from ${least}`);
}

function invalid(message: string): RecoveryError {
  return new RecoveryError('invalid-configuration', `mapping: ${message}`, {
    hint: 'correct the mapping in the incident file',
  });
}
