import { semanticHashesOf } from '../../model/outputs/semantic-id.js';
import { encodeHeaders, type EncodedHeaders } from '../../sources/kafka/batches/batch-writer.js';
import type { CutOutputs } from '../sqlite/run-catalogue.js';
import { noHeaders, type MappedHeaders } from './mapped-headers.js';
import { publicationHeaders } from './publication-headers.js';
import type { RebuildCounts, RebuildSource } from './rebuild-rows.js';
import type { CutOutput, RowSealer } from './seal-rows.js';

/** The golden list, chunk by chunk. Values are written as JSON. */
export interface GoldenList extends Omit<RebuildSource, 'outputs' | 'encode'> {
  readonly chunks: Iterable<CutOutputs>;
}

/** Written anew for each output, so that there is no object for every one. */
type Written = { -readonly [Member in keyof CutOutput]: CutOutput[Member] };

const tombstone = Buffer.from('null');
const noBytes = Buffer.alloc(0);

/**
 * Seals what `sealRows` seals of `rebuildRows`, byte for byte, from chunks to batches: no value is parsed and printed again, and
 * an output has neither an object nor headers of its own. What it buys: 8.2 -> 5.5 us of processor time an output of the bench
 * (`npm run bench -- kafka-publish`; decision 0082 has the pairs). That both are the same, a property test asks.
 */
export function sealGoldenList(sealer: RowSealer, list: GoldenList, counts: RebuildCounts): void {
  const { runId, worker, headers, only } = list;
  const hashOf = semanticHashesOf(worker);
  const headersOf = headersOfOutputs(runId, headers);
  const written: Written = {
    ...{ key: '', output: '', semanticId: '', bytes: noBytes, start: 0, length: 0, originalTime: null },
    headers: encodeHeaders([]),
  };
  for (const { chunk, places, kinds } of list.chunks) {
    const { bytes, starts, ends, names, nameOf, partitionOf, keys, offsets, times, ordinalOf, businessIdOf } = chunk;
    written.bytes = bytes;
    for (let index = 0; index < starts.length; index++) {
      const name = names[nameOf[index]!]!;
      const kind = kinds[nameOf[index]!]!;
      if (only !== null && name !== only) {
        counts.elsewhere++;
        continue;
      }
      if (kind === 'effect') counts.effects++;
      else if (kind === 'undeclared') counts.undeclared++;
      else {
        const place = places[partitionOf[index]!]!;
        const key = keys[index]!;
        const offset = offsets[index]!;
        const start = starts[index]!;
        const length = ends[index]! - start;
        const id = businessIdOf.get(index) ?? hashOf(place, offset, key, name, ordinalOf.get(index) ?? 0);
        written.key = key;
        written.output = name;
        written.semanticId = id;
        written.start = start;
        written.length = kind === 'latest' && isTombstone(bytes, start, length) ? -1 : length;
        written.originalTime = times[index]!;
        written.headers =
          headers === noHeaders
            ? headersOf(name)
            : headersOf(name, { topic: place.topic, partition: place.partition, offset }, id);
        sealer.addCut(written);
      }
    }
  }
}

function isTombstone(bytes: Buffer, start: number, length: number): boolean {
  return length === tombstone.length && bytes.compare(tombstone, 0, length, start, start + length) === 0;
}

/** All headers but the ids: those of most outputs are those of the outputs before. */
function headersOfOutputs(runId: string, mapped: MappedHeaders) {
  const byName = new Map<string, EncodedHeaders>();
  const ownOf = (name: string): [string, string][] => [
    [publicationHeaders.run, runId],
    [publicationHeaders.output, name],
  ];
  return (
    name: string,
    event: Parameters<MappedHeaders>[0]['event'] | null = null,
    semanticId: string = '',
  ): EncodedHeaders => {
    if (event !== null) return encodeHeaders([...ownOf(name), ...mapped({ output: name, event, semanticId })]);
    let headers = byName.get(name);
    if (headers === undefined) byName.set(name, (headers = encodeHeaders(ownOf(name))));
    return headers;
  };
}
