import { partitionOfKey } from '../../sources/rows/murmur2.js';
import { headerOf, keyTextOf, type RecordColumns } from '../../sources/kafka/batches/record-columns.js';
import type { OutputPartition } from '../../sources/kafka/publish/output-topic.js';
import { publicationOf } from './match-tail.js';
import { seqOfPublication } from './outbox.js';
import { publicationHeaders } from './publication-headers.js';
import { refuseIfStopped } from './publish-partition.js';
import { SchemaSightings, type WrittenSchemas } from './written-schemas.js';

/** What an output topic shows before anything of a run is published to it, up to the recorded ends. */
export interface TopicSurvey {
  /** Records that a consumer sees. */
  readonly records: number;
  /** Of these: under the ids of this very publication, although no outbox of it is sealed. */
  readonly ofThis: number;
  /** Ids of corrections that other runs published. */
  readonly corrections: ReadonlySet<string>;
  /** Keys that stand where Java's partitioner puts them, and keys that do not. */
  readonly agreeing: number;
  readonly deviating: number;
  /** The first few of the latter. */
  readonly deviatingKeys: readonly string[];
  /** The schemas that values name. */
  readonly schemas: WrittenSchemas;
  /** Where the key's records stand; null for a key that stands in several partitions or in none. */
  partitionOf(key: string): number | null;
}

const correctionName = Buffer.from(publicationHeaders.correction);
const inSeveral = -1;
const shownKeys = 5;

/** Reads what is committed in a topic up to the recorded ends. */
export async function surveyTopic(
  partitions: readonly {
    readonly partition: number;
    readonly from: number;
    readonly end: number;
    readonly access: OutputPartition;
  }[],
  { base, outputHeader }: { readonly base: string; readonly outputHeader: string | null },
  signal?: AbortSignal,
): Promise<TopicSurvey> {
  const survey = new Survey(base, partitions.length, new SchemaSightings(outputHeader));
  for (const { partition, from, end, access } of partitions) {
    const reader = access.read({ from, to: end, committed: true });
    try {
      for (let page = await reader.next(); page !== null; page = await reader.next()) {
        survey.take(page, partition);
        refuseIfStopped(signal);
      }
    } finally {
      reader.close();
    }
  }
  return survey.result();
}

class Survey {
  readonly #base: string;
  readonly #count: number;
  readonly #keys = new Map<string, number>();
  readonly #corrections = new Set<string>();
  readonly #schemas: SchemaSightings;
  #records = 0;
  #ofThis = 0;

  constructor(base: string, count: number, schemas: SchemaSightings) {
    this.#base = base;
    this.#count = count;
    this.#schemas = schemas;
  }

  take(columns: RecordColumns, partition: number): void {
    this.#schemas.take(columns);
    for (let index = 0; index < columns.length; index++) {
      this.#records++;
      const id = publicationOf(columns, index);
      if (id !== null && seqOfPublication(id, this.#base, partition) !== null) this.#ofThis++;
      const correction = headerOf(columns, index, correctionName);
      if (correction !== null) this.#corrections.add(correction.toString('utf8'));
      const key = keyTextOf(columns, index);
      if (key === null) continue;
      const known = this.#keys.get(key);
      if (known === undefined) this.#keys.set(key, partition);
      else if (known !== partition) this.#keys.set(key, inSeveral);
    }
  }

  result(): TopicSurvey {
    const deviatingKeys: string[] = [];
    let agreeing = 0;
    let deviating = 0;
    for (const [key, partition] of this.#keys) {
      if (partition === partitionOfKey(key, this.#count)) agreeing++;
      else if (deviatingKeys.push(key) && ++deviating > shownKeys) deviatingKeys.pop();
    }
    return {
      ...{ records: this.#records, ofThis: this.#ofThis, corrections: this.#corrections },
      ...{ agreeing, deviating, deviatingKeys, schemas: this.#schemas.result() },
      partitionOf: (key) => {
        const partition = this.#keys.get(key);
        return partition === undefined || partition === inSeveral ? null : partition;
      },
    };
  }
}
