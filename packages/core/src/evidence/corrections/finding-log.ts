import { MergeTree } from '../../engine/order/merge-tree.js';
import { findingFromRow, rowOfFinding, type CorrectionFinding, type FindingRow } from './finding.js';
import type { Scratch, SortedRun } from './scratch.js';

type Entry = readonly [place: number, finding: CorrectionFinding];

/**
 * Findings by the place of their event in the run. Most come in that order, some do not, and there may be more than fit into
 * memory: what is over the limit is sorted and moved to disk, and all is merged when it is read.
 */
export class FindingLog {
  readonly #scratch: Scratch;
  readonly #limit: number;
  /** As JSON, since texts cost the collector of garbage less than what is in them. */
  #recent: (readonly [place: number, row: string])[] = [];
  /** Made when somebody asks for a place. */
  #recentByPlace: Map<number, string[]> | null = null;
  readonly #runs: SortedRun<FindingRow>[] = [];

  constructor(scratch: Scratch, limit: number) {
    this.#scratch = scratch;
    this.#limit = limit;
  }

  add(place: number, finding: CorrectionFinding): void {
    const row = JSON.stringify(rowOfFinding(finding));
    this.#recent.push([place, row]);
    if (this.#recentByPlace !== null) append(this.#recentByPlace, place, row);
    if (this.#recent.length < this.#limit) return;
    this.#recent.sort(byPlace);
    this.#runs.push(this.#scratch.writeRun(this.#recent));
    this.#recent = [];
    this.#recentByPlace = null;
  }

  /** Those of one event. */
  at(place: number): readonly CorrectionFinding[] {
    if (this.#recentByPlace === null) {
      this.#recentByPlace = new Map();
      for (const [other, row] of this.#recent) append(this.#recentByPlace, other, row);
    }
    const older = this.#runs.flatMap((run) => run.at(place).map(findingFromRow));
    return [...older, ...(this.#recentByPlace.get(place) ?? []).map(parsed)];
  }

  /** Those of each event together, in the order of the run. */
  *inOrder(): Iterable<readonly CorrectionFinding[]> {
    const recent = [...this.#recent].sort(byPlace);
    const sources = [...this.#runs.map(findingsOfRun), findingsOfRows(recent)].map((entries) =>
      entries[Symbol.iterator](),
    );
    const heads = sources.map((source) => source.next());
    const tree = new MergeTree(sources.length);
    const show = (source: number) => {
      const head = heads[source];
      if (head === undefined || head.done === true) tree.close(source);
      else tree.set(source, head.value[0]);
    };
    heads.forEach((_, source) => {
      show(source);
    });
    let open: CorrectionFinding[] = [];
    let place = -1;
    for (let source = tree.first; source >= 0; source = tree.first) {
      const [at, finding] = heads[source]?.value as Entry;
      if (at !== place && open.length > 0) {
        yield open;
        open = [];
      }
      place = at;
      open.push(finding);
      heads[source] = (sources[source] as Iterator<Entry>).next();
      show(source);
    }
    if (open.length > 0) yield open;
  }
}

function* findingsOfRun(run: SortedRun<FindingRow>): Iterable<Entry> {
  for (const [place, row] of run.entries()) yield [place, findingFromRow(row)];
}

function* findingsOfRows(rows: readonly (readonly [place: number, row: string])[]): Iterable<Entry> {
  for (const [place, row] of rows) yield [place, parsed(row)];
}

function parsed(row: string): CorrectionFinding {
  return findingFromRow(JSON.parse(row) as FindingRow);
}

function byPlace([a]: readonly [number, string], [b]: readonly [number, string]): number {
  return a - b;
}

function append(map: Map<number, string[]>, place: number, row: string): void {
  const list = map.get(place);
  if (list === undefined) map.set(place, [row]);
  else list.push(row);
}
