import type { EventPage } from '../../model/log/event-page.js';
import type { LogHole, PageReader } from '../../model/log/event-log.js';

/** What becomes of the pages that are read. */
interface PagesReceiver {
  /** @returns what the page takes in memory until it is taken up, in bytes */
  page(reader: number, holes: readonly LogHole[], page: EventPage): number;
  end(reader: number, holes: readonly LogHole[]): void;
  failed(reader: number, holes: readonly LogHole[], error: unknown): void;
}

interface AheadReader {
  readonly number: number;
  readonly pages: PageReader;
  holes: LogHole[];
  /** Pages that were read and not taken up, and what they take. */
  ahead: number;
  bytes: number;
  /** Waits for its log, or has come to its end. */
  isIdle: boolean;
}

/**
 * Reads several readers ahead of whoever takes their pages up: always one page of each, and more as long as all pages
 * together take no more than so many bytes; of the reader that is least ahead first.
 */
export class PagesAhead {
  readonly #budget: number;
  readonly #receiver: PagesReceiver;
  readonly #readers = new Map<number, AheadReader>();
  #bytes = 0;
  #isPlanned = false;

  constructor(budget: number, receiver: PagesReceiver) {
    this.#budget = budget;
    this.#receiver = receiver;
  }

  /** @param open the read; `onHole` is to be told of holes */
  open(number: number, open: (onHole: (hole: LogHole) => void) => PageReader): void {
    const holes: LogHole[] = [];
    try {
      const pages = open((hole) => void this.#readers.get(number)?.holes.push(hole));
      this.#readers.set(number, { number, pages, holes, ahead: 0, bytes: 0, isIdle: false });
    } catch (error) {
      this.#receiver.failed(number, holes, error);
    }
    this.#plan();
  }

  taken(number: number, pages: number, bytes: number): void {
    const reader = this.#readers.get(number);
    if (reader === undefined) return;
    reader.ahead -= pages;
    reader.bytes -= bytes;
    this.#bytes -= bytes;
    this.#plan();
  }

  /** What was read and not taken up is not wanted any more. */
  close(number: number): void {
    const reader = this.#readers.get(number);
    if (reader === undefined) return;
    this.#readers.delete(number);
    this.#bytes -= reader.bytes;
    reader.pages.close();
    this.#plan();
  }

  /** One page a turn: in between it is heard what was taken up, and which readers there are. */
  #plan(): void {
    if (this.#isPlanned || this.#next() === null) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      const reader = this.#next();
      if (reader !== null) this.#read(reader);
      this.#plan();
    });
  }

  #next(): AheadReader | null {
    let least: AheadReader | null = null;
    for (const reader of this.#readers.values()) {
      if (!reader.isIdle && reader.ahead < (least?.ahead ?? Infinity)) least = reader;
    }
    return least !== null && (least.ahead === 0 || this.#bytes < this.#budget) ? least : null;
  }

  #read(reader: AheadReader): void {
    try {
      const page = reader.pages.next();
      if (!(page instanceof Promise)) {
        this.#arrive(reader, page);
        return;
      }
      reader.isIdle = true;
      page.then(
        (arrived) => {
          reader.isIdle = false;
          this.#arrive(reader, arrived);
          this.#plan();
        },
        (error: unknown) => {
          this.#fail(reader, error);
        },
      );
    } catch (error) {
      this.#fail(reader, error);
    }
  }

  #arrive(reader: AheadReader, page: EventPage | null): void {
    if (!this.#readers.has(reader.number)) return;
    const { holes } = reader;
    reader.holes = [];
    if (page === null) {
      reader.isIdle = true;
      this.#receiver.end(reader.number, holes);
      return;
    }
    try {
      const bytes = this.#receiver.page(reader.number, holes, page);
      reader.ahead++;
      reader.bytes += bytes;
      this.#bytes += bytes;
    } catch (error) {
      reader.holes = holes;
      this.#fail(reader, error);
    }
  }

  #fail(reader: AheadReader, error: unknown): void {
    if (!this.#readers.has(reader.number)) return;
    reader.isIdle = true;
    this.#receiver.failed(reader.number, reader.holes, error);
  }
}
