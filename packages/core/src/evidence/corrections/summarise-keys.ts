import type { PartitionId } from '../../model/log/partition-id.js';
import type { KeySummary } from './correction.js';
import type { CorrectionFinding } from './finding.js';

interface KeyCounts {
  owed: number;
  replaced: number;
  toRetract: number;
  firstPlace: number;
  firstTime: number | null;
  lastPlace: number;
  last: CorrectionFinding;
}

/** What each key got wrong; memory follows the keys with corrections. */
export class KeySummaries {
  readonly #keys = new Map<string, KeyCounts>();

  /** Places may come in any order; of those of one event, the last one counts. */
  add(place: number, finding: CorrectionFinding): void {
    const counts = this.#of(place, finding);
    switch (finding.standing) {
      case 'owed':
        counts.owed++;
        break;
      case 'replaced':
        counts.replaced++;
        break;
      case 'surplus':
        counts.toRetract++;
        break;
      case 'cancelled':
        counts.replaced--;
        return;
    }
    if (place < counts.firstPlace) {
      counts.firstPlace = place;
      counts.firstTime = finding.time;
    }
    if (place < counts.lastPlace) return;
    counts.lastPlace = place;
    counts.last = finding;
  }

  /** Keys with the most corrections first. */
  list(partitions: readonly PartitionId[]): readonly KeySummary[] {
    const summaries = [...this.#keys].flatMap(([key, { owed, replaced, toRetract, firstTime, last }]): KeySummary[] => {
      if (owed + replaced + toRetract === 0) return [];
      const { output, offset, intended, recorded } = last;
      const { topic = '', partition = 0 } = partitions[last.partition] ?? {};
      const shown = { output, event: { topic, partition, offset }, before: recorded, after: intended };
      return [{ key, owed, replaced, toRetract, firstTime, last: shown }];
    });
    return summaries.sort((a, b) => totalOf(b) - totalOf(a) || (a.key < b.key ? -1 : 1));
  }

  #of(place: number, finding: CorrectionFinding): KeyCounts {
    const known = this.#keys.get(finding.key);
    if (known !== undefined) return known;
    const { time } = finding;
    const fresh = { firstPlace: place, firstTime: time, lastPlace: place, last: finding };
    const counts = { owed: 0, replaced: 0, toRetract: 0, ...fresh };
    this.#keys.set(finding.key, counts);
    return counts;
  }
}

function totalOf({ owed, replaced, toRetract }: KeySummary): number {
  return owed + replaced + toRetract;
}
