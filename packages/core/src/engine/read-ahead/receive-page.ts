import { EventPage, type DecodedValues, type EventHeaders } from '../../model/log/event-page.js';
import { assembleValues } from '../../sources/archive/columns/assemble-values.js';
import { unpackColumns } from '../../sources/archive/columns/unpack-columns.js';
import type { HandedColumns, HandedValues } from './handed-page.js';

/** The page that was handed over column by column, as its log would have given it in this thread. */
export function receiveColumns(handed: HandedColumns): EventPage {
  const { offsets, timestamps, headers, values, isExactJson, binaryKeys } = handed;
  let keys: readonly (string | null)[] | undefined;
  const bytesOf = valueBytesOf(handed);
  const keysOfPage = (): readonly (string | null)[] => (keys ??= keysOf(handed));
  return new EventPage({
    offsets,
    timestamps,
    get keys() {
      return keysOfPage();
    },
    headers: headers === null ? null : (JSON.parse(headers) as (EventHeaders | null)[]),
    decodeValues: () => decodeHanded(values),
    valueBytes: bytesOf,
    isExactJson: () => isExactJson,
    keyBytes(index) {
      const binary = binaryKeys?.get(index);
      if (binary !== undefined) return binary;
      const text = keysOfPage()[index] ?? null;
      return text === null ? null : Buffer.from(text, 'utf8');
    },
  });
}

function valueBytesOf({ valueBytes }: HandedColumns): (index: number) => Uint8Array | null {
  let starts: Float64Array | undefined;
  return (index) => {
    if (valueBytes === null) throw new Error('nobody said that the bytes of values would be wanted');
    const { bytes, lengths } = valueBytes;
    const length = lengths[index] ?? -1;
    if (length < 0) return null;
    const at = (starts ??= startsOf(lengths))[index] ?? 0;
    return bytes.subarray(at, at + length);
  };
}

function keysOf({ keys, offsets }: HandedColumns): readonly (string | null)[] {
  return keys === null ? new Array<null>(offsets.length).fill(null) : (JSON.parse(keys) as (string | null)[]);
}

function decodeHanded(handed: HandedValues): DecodedValues {
  switch (handed.as) {
    case 'values':
      return handed;
    case 'text':
      return { values: JSON.parse(handed.text) as unknown[], undecodable: null };
    case 'packed': {
      const { buffer, byteOffset, length } = handed.columns;
      const columns = unpackColumns(Buffer.from(buffer, byteOffset, length));
      if (columns === null) throw new Error('columns that were packed in another thread cannot be unpacked');
      return { values: assembleValues(columns), undecodable: null };
    }
  }
}

function startsOf(lengths: Int32Array): Float64Array {
  const starts = new Float64Array(lengths.length);
  let at = 0;
  for (let index = 0; index < lengths.length; index++) {
    starts[index] = at;
    at += Math.max(0, lengths[index] ?? 0);
  }
  return starts;
}
