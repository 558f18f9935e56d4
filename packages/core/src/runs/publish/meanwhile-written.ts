import { keyTextOf } from '../../sources/kafka/batches/record-columns.js';
import { PassingFailure } from '../../sources/kafka/cluster/patience.js';
import type { OutputPartition } from '../../sources/kafka/publish/output-topic.js';
import { publicationOf, type TailSettings } from './match-tail.js';
import { seqOfPublication } from './outbox.js';

interface Publication extends Pick<TailSettings, 'base' | 'rows'> {
  readonly partition: Pick<OutputPartition, 'read'>;
}

/**
 * Where the records of a session come to stand, held against how far the topic was looked at before: the one who takes them
 * is not always the one who was asked. A leader that was replaced without knowing it shows less than there is, and one that
 * was replaced by a replica that had not all of it showed more. What is sent behind such a look is not committed.
 */
export class MeanwhileWritten {
  /**
   * Keys of what other producers wrote since the topic was looked at, up to what was sent last, whether it is decided yet or
   * not; kept only where rows are guarded. What comes behind what was sent is newer in the topic too, and does no harm.
   */
  readonly keys = new Set<string>();
  readonly #publication: Publication;
  #looked: number;
  /** Whether what was sent last stands behind what is known of the topic; not so before anything was sent. */
  #joined = false;

  constructor(publication: Publication, from: number) {
    this.#publication = publication;
    this.#looked = from;
  }

  /** @throws PassingFailure where the topic is not the one that was looked at: what was sent must not be committed */
  async look(records: number, sent: { readonly from: number; readonly to: number }): Promise<void> {
    // Every transaction of ours ends with a marker, which takes an offset too.
    const least = this.#looked + (this.#joined ? 1 : 0);
    if (sent.from < least) throw new PassingFailure('the topic has lost records that it showed before');
    const nothingBetween = sent.from === least && sent.to - sent.from === records;
    const { hasGuarded } = this.#publication.rows;
    if (!nothingBetween && (hasGuarded || !this.#joined)) await this.#read(this.#looked, sent);
    // A broker that forgets the marker leaves its place to somebody else's record.
    else if (hasGuarded && this.#joined) await this.#read(this.#looked, { from: sent.from, to: least });
    this.#looked = sent.to;
    this.#joined = true;
  }

  async #read(from: number, sent: { readonly from: number; readonly to: number }): Promise<void> {
    const { partition, base, rows } = this.#publication;
    const reader = partition.read({ from, to: sent.to, committed: false });
    try {
      for (let page = await reader.next(); page !== null; page = await reader.next()) {
        for (let index = 0; index < page.length; index++) {
          const id = publicationOf(page, index);
          const isOurs = id !== null && seqOfPublication(id, base, rows.partition) !== null;
          if (!isOurs) this.keys.add(keyTextOf(page, index) ?? '');
          else if (!this.#joined && (page.offsets[index] as number) < sent.from) {
            throw new PassingFailure('the topic holds records that it did not show before');
          }
        }
      }
    } finally {
      reader.close();
    }
  }
}
