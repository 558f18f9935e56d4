import type { Correction } from '../../evidence/corrections/correction.js';
import type { MappedHeaders } from './mapped-headers.js';
import { publicationHeaders } from './publication-headers.js';
import type { PublicationRow } from './publication-row.js';
import type { ValueEncoder } from './value-encoder.js';

export interface CorrectionSource {
  readonly runId: string;
  /** In the order of the run; read once more for each pass. */
  readonly corrections: () => Iterable<Correction>;
  readonly headers: MappedHeaders;
  readonly encode: ValueEncoder;
  /** Only outputs of this name belong into the topic; null for all. */
  readonly only: string | null;
  /** Ids of corrections that stand in the topic already. */
  readonly published: ReadonlySet<string>;
  /** Their corrections come first; null for none. */
  readonly keysFirst: ReadonlySet<string> | null;
}

/** What is not published, counted while the rows are taken. */
export interface CorrectionRowCounts {
  effects: number;
  undeclared: number;
  notRetractable: number;
  elsewhere: number;
  publishedBefore: number;
  /** Rows of the keys that come first. */
  chosen: number;
}

/** What is owed as rows, a retraction in front of what is sent in its place; those of chosen keys first. */
export function* correctionRows(source: CorrectionSource, counts: CorrectionRowCounts): Iterable<PublicationRow> {
  const { keysFirst } = source;
  if (keysFirst === null) {
    yield* rowsOf(source, counts, () => true);
    return;
  }
  for (const row of rowsOf(source, counts, (key) => keysFirst.has(key))) {
    counts.chosen++;
    yield row;
  }
  yield* rowsOf(source, counts, (key) => !keysFirst.has(key));
}

function* rowsOf(
  { runId, corrections, headers, encode, only, published }: CorrectionSource,
  counts: CorrectionRowCounts,
  isWanted: (key: string) => boolean,
): Iterable<PublicationRow> {
  for (const correction of corrections()) {
    const { output, key, kind, action, value, event, time, semanticId, replaces, reason, id } = correction;
    if (!isWanted(key)) continue;
    if (only !== null && output !== only) counts.elsewhere++;
    else if (kind === 'effect') counts.effects++;
    else if (kind === 'undeclared') counts.undeclared++;
    else if (action === 'list') counts.notRetractable++;
    else if (published.has(id)) counts.publishedBefore++;
    else {
      yield {
        ...{ output, key, action, guarded: kind === 'latest', originalTime: time },
        value: encode(value, kind, { output, key, event }),
        headers: [
          [publicationHeaders.id, semanticId],
          [publicationHeaders.run, runId],
          [publicationHeaders.output, output],
          [publicationHeaders.action, action],
          [publicationHeaders.correction, id],
          ...(replaces === null ? [] : [[publicationHeaders.corrects, semanticId] as const]),
          ...(time === null ? [] : [[publicationHeaders.time, String(time)] as const]),
          [publicationHeaders.reason, reason],
          ...headers({ output, event, semanticId }),
        ],
      };
    }
  }
}
