import { semanticIdsOf } from '../../model/outputs/semantic-id.js';
import type { IntendedOutput } from '../../model/outputs/output.js';
import type { MappedHeaders } from './mapped-headers.js';
import { publicationHeaders } from './publication-headers.js';
import type { PublicationRow } from './publication-row.js';
import type { ValueEncoder } from './value-encoder.js';

export interface RebuildSource {
  readonly runId: string;
  readonly worker: string;
  /** In the order of the golden list. */
  readonly outputs: Iterable<IntendedOutput>;
  readonly headers: MappedHeaders;
  readonly encode: ValueEncoder;
  /** Only outputs of this name belong into the topic; null for all. */
  readonly only: string | null;
}

/** What a rebuild leaves out. Counted while the rows are taken. */
export interface RebuildCounts {
  effects: number;
  undeclared: number;
  elsewhere: number;
}

/** The golden list as rows, without effects and what nobody declared. */
export function* rebuildRows(source: RebuildSource, counts: RebuildCounts): Iterable<PublicationRow> {
  const { runId, worker, outputs, headers, encode, only } = source;
  const idOf = semanticIdsOf(worker);
  for (const output of outputs) {
    if (only !== null && output.output !== only) {
      counts.elsewhere++;
      continue;
    }
    const { kind, topic, partition, offset } = output;
    if (kind === 'effect') counts.effects++;
    else if (kind === 'undeclared') counts.undeclared++;
    else {
      const { output: name, key } = output;
      const id = idOf(output);
      const event = { topic, partition, offset };
      // Without spreading: there is one of these for every output of a run.
      yield {
        output: name,
        key,
        action: 'send',
        guarded: false,
        originalTime: output.time,
        value: encode(output.value, kind, { output: name, key, event }),
        headers: [
          [publicationHeaders.id, id],
          [publicationHeaders.run, runId],
          [publicationHeaders.output, name],
          ...headers({ output: name, event, semanticId: id }),
        ],
      };
    }
  }
}
