import type { Correction } from '../../../evidence/corrections/correction.js';
import { semanticIdsOf } from '../../../model/outputs/semantic-id.js';
import type { IntendedOutput } from '../../../model/outputs/output.js';
import type { RecordedEventRef } from '../../../model/records/recorded-outputs.js';
import type { CorrectionRowCounts } from '../correction-rows.js';
import type { RebuildCounts } from '../rebuild-rows.js';

/** What is to become of one row of a table. */
export interface RowChange {
  /** The semantic id: the row's own. */
  readonly id: string;
  readonly output: string;
  readonly key: string;
  readonly event: RecordedEventRef;
  readonly time: number | null;
  /** What the row is to hold; null for one that is taken away. */
  readonly right: { readonly value: unknown } | null;
  /** What it held when it was compared; null for none. */
  readonly replaces: { readonly value: unknown } | null;
  /** Only while nothing newer of the key stands in another row. */
  readonly isLatest: boolean;
  /** Null where the whole list is written. */
  readonly correction: { readonly id: string; readonly reason: string } | null;
}

/** The golden list as rows, without effects and what nobody declared. */
export function* rebuiltRows(
  {
    worker,
    outputs,
    only,
  }: { readonly worker: string; readonly outputs: Iterable<IntendedOutput>; readonly only: string | null },
  counts: RebuildCounts,
): Iterable<RowChange> {
  const idOf = semanticIdsOf(worker);
  for (const one of outputs) {
    const { output, key, kind, topic, partition, offset, time, value } = one;
    if (only !== null && output !== only) counts.elsewhere++;
    else if (kind === 'effect') counts.effects++;
    else if (kind === 'undeclared') counts.undeclared++;
    else {
      yield {
        ...{ id: idOf(one), output, key, event: { topic, partition, offset }, time },
        ...{ right: { value }, replaces: null, isLatest: false, correction: null },
      };
    }
  }
}

export interface TableCorrections {
  /** In the order of the run; read once more for each pass. */
  readonly corrections: () => Iterable<Correction>;
  readonly only: string | null;
  /** Their corrections come first; null for none. */
  readonly keysFirst: ReadonlySet<string> | null;
}

/**
 * What is owed, as rows. A row is what its output should be and no message about it: a wrong value is overwritten, whether its worker
 * knows how to take it back or not, a delta becomes the right one instead of a difference, and a retraction takes the row away.
 */
export function* correctedRows(source: TableCorrections, counts: CorrectionRowCounts): Iterable<RowChange> {
  const { keysFirst } = source;
  if (keysFirst !== null) {
    for (const change of changesOf(source, counts, (key) => keysFirst.has(key))) {
      counts.chosen++;
      yield change;
    }
  }
  yield* changesOf(source, counts, (key) => keysFirst?.has(key) !== true);
}

function* changesOf(
  { corrections, only }: TableCorrections,
  counts: CorrectionRowCounts,
  isWanted: (key: string) => boolean,
): Iterable<RowChange> {
  let waiting: Correction | null = null;
  for (const correction of corrections()) {
    const { output, key, kind, action } = correction;
    if (!isWanted(key)) continue;
    if (only !== null && output !== only) counts.elsewhere++;
    else if (kind === 'effect') counts.effects++;
    else if (kind === 'undeclared') counts.undeclared++;
    else {
      // What is taken back in front of what is sent in its place is one row that is overwritten.
      if (waiting !== null && !isReplacedBy(waiting, correction)) yield* changeOf(waiting, counts);
      waiting = null;
      if (action === 'send') yield* changeOf(correction, counts);
      else waiting = correction;
    }
  }
  if (waiting !== null) yield* changeOf(waiting, counts);
}

function isReplacedBy(taken: Correction, { action, semanticId: id, intended }: Correction): boolean {
  return action === 'send' && intended !== null && taken.semanticId === id && taken.intended !== null;
}

function* changeOf(correction: Correction, counts: CorrectionRowCounts): Iterable<RowChange> {
  const { semanticId: id, output, key, event, time, action, kind, intended, replaces, reason } = correction;
  if (action === 'list') {
    counts.notRetractable++;
    return;
  }
  yield {
    ...{ id, output, key, event, time, replaces, isLatest: kind === 'latest' },
    right: action === 'send' ? intended : null,
    correction: { id: correction.id, reason },
  };
}
