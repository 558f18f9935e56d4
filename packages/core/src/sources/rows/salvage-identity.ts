import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { mayLoseDigits } from '../../model/json/digit-scan.js';
import { inexactAsText, parseWithInexact } from '../../model/json/keep-digits.js';
import { isNestedDeeperThan, maxDepth } from '../../model/json/value-limits.js';
import type { Offset } from '../../model/event/offset.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { CompiledEnvelope, CompiledMapping } from './compile-mapping.js';
import type { NumberForm } from './inexact-rows.js';
import type { DamagedRow } from './row-source.js';
import { readPartition, readTopic } from './map-row.js';
import { readOffset } from './read-field.js';
import type { RowPlace } from './row-source.js';

/** What a damaged row still tells about where its event belongs. `offset` is null where the mapping assigns offsets. */
export interface SalvagedIdentity extends PartitionId {
  readonly offset: Offset | null;
}

/** What stands for bytes that are not UTF-8: a text with it in is not what the row said. */
const replacement = '\ufffd';

/** A damaged line is tried at so many of its commas at most. */
const triedEnds = 64;

/**
 * Reads partition and offset of a row that cannot be read as a whole: of a cut line the members in front of the cut, of one
 * that is not UTF-8 those that are. Null where it does not tell. Only members that are whole are believed.
 */
export function salvageIdentity(
  { bytes, place }: Pick<DamagedRow, 'bytes' | 'place'>,
  mapping: CompiledMapping,
): SalvagedIdentity | null {
  // Where the mapping itself says everything, even a row of which nothing is left tells it.
  const row = bytes === null ? null : salvageRow(Buffer.from(bytes).toString('utf8'), mapping.numbers);
  return identityOfRow(row ?? {}, mapping, () => place);
}

/** Partition and offset of a row, as `rowForMapping` gives it, that was parsed but cannot become an event. */
export function identityOfRow(row: unknown, mapping: CompiledMapping, place: () => RowPlace): SalvagedIdentity | null {
  try {
    const identity = mapping.form === 'envelope' ? envelopeIdentity(row, mapping) : columnIdentity(row, mapping, place);
    if (identity === null) return null;
    return `${identity.source}${identity.topic}${identity.incarnation}`.includes(replacement) ? null : identity;
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return null;
  }
}

function columnIdentity(
  row: unknown,
  mapping: Exclude<CompiledMapping, CompiledEnvelope>,
  place: () => RowPlace,
): SalvagedIdentity | null {
  const { source, incarnation, partition } = mapping;
  if (partition.kind === 'hash') {
    const hashed = partition.column.read(row);
    // Without the column nobody knows whether the cut took it or the row never had it.
    if (hashed === undefined || (typeof hashed === 'string' && hashed.includes(replacement))) return null;
  }
  return {
    source,
    topic: typeof mapping.topic === 'string' ? mapping.topic : readTopic(mapping.topic, row, place),
    incarnation,
    partition: readPartition(partition, row, place),
    offset: mapping.offset === null ? null : readOffset(mapping.offset, row, place),
  };
}

function envelopeIdentity(row: unknown, mapping: CompiledEnvelope): SalvagedIdentity | null {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) return null;
  const { source = mapping.source, topic, incarnation = '', partition, offset } = row as Record<string, unknown>;
  if (typeof source !== 'string' || source === '' || typeof topic !== 'string' || topic === '') return null;
  if (typeof incarnation !== 'string' || !isWhole(partition) || partition >= 2 ** 31) return null;
  const number = typeof offset === 'string' && /^\d{1,15}$/.test(offset) ? Number(offset) : offset;
  return isWhole(number) ? { source, topic, incarnation, partition, offset: number } : null;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The object that a line is, or as many of its members as stand whole in front of the damage. */
function salvageRow(text: string, numbers: NumberForm): unknown {
  const whole = parseObject(text, numbers);
  if (whole !== null) return whole;
  const ends = memberEnds(text);
  for (const end of ends.reverse().slice(0, triedEnds)) {
    const members = parseObject(`${text.slice(0, end)}}`, numbers);
    if (members !== null) return members;
  }
  return null;
}

/** With numbers that a double cannot give back as the mapping wants them, like `rowForMapping`. */
function parseObject(text: string, numbers: NumberForm): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
    if (!mayLoseDigits(Buffer.from(text, 'utf8'))) return value;
    // What is nested too deep is not looked at with care; the members in front of it are tried alone.
    if (isNestedDeeperThan(text, maxDepth)) return null;
    const kept = parseWithInexact(text);
    return kept === null ? value : numbers === 'text' ? inexactAsText(kept.value) : kept.value;
  } catch {
    return null;
  }
}

/** Places of the commas between the members of the outermost object. */
function memberEnds(text: string): number[] {
  const ends: number[] = [];
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inText) {
      if (character === '\\') index++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === ',' && depth === 1) ends.push(index);
  }
  return ends;
}
