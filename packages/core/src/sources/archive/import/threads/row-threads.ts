import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { SegmentRow } from '../../segment-row.js';
import type { ChunkRows, LinesOfFile, PackOrder, RowAnswer, RowRequest, RowThreadOrder } from './row-messages.js';

/** Threads that read rows and pack segments of them. */
interface RowThreads {
  /** Gives the rows of a chunk, null where it needs a look at it; its thread holds them until `pack` lets them go. */
  parse(chunk: number, lines: LinesOfFile): Promise<ChunkRows | null>;
  /** Packs segments of rows of one chunk. */
  pack(chunk: number, orders: readonly PackedHere[], isDone: boolean): void;
  /** Packs a segment of lines. */
  packLines(order: PackOrder, bytes: ArrayBuffer, take: TakePacked): void;
  /** Waits until everything is packed. */
  settled(): Promise<void>;
  close(): void;
}

/** A segment of rows of one chunk, and who takes it when it is packed. */
export interface PackedHere {
  readonly order: PackOrder & { readonly indexes: Uint32Array };
  readonly take: TakePacked;
}

type TakePacked = (row: SegmentRow, sha256: Buffer) => void;

interface RowThread {
  readonly worker: Worker;
  /** Bytes of chunks that it has to parse. */
  load: number;
}

/** @throws what a thread throws, from whatever waits for it */
export function startRowThreads(count: number, order: RowThreadOrder): RowThreads {
  const parsing = new Map<
    number,
    { readonly resolve: (rows: ChunkRows | null) => void; readonly reject: (error: Error) => void }
  >();
  const packing = new Map<number, TakePacked>();
  const threadOf = new Map<number, RowThread>();
  let waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;
  let failure: Error | null = null;
  const module = pathToFileURL(createRequire(import.meta.url).resolve('#import-rows-job'));
  const threads = Array.from({ length: count }, (): RowThread => {
    const thread: RowThread = { worker: new Worker(module, { workerData: order }), load: 0 };
    thread.worker.on('message', (answer: RowAnswer) => {
      receive(thread, answer);
    });
    thread.worker.on('error', fail);
    thread.worker.on('exit', () => {
      fail(new Error('a thread of the import ended'));
    });
    return thread;
  });

  function fail(error: Error): void {
    failure ??= error;
    for (const { reject } of parsing.values()) reject(failure);
    parsing.clear();
    waiting?.reject(failure);
    waiting = null;
  }

  function receive(thread: RowThread, answer: RowAnswer): void {
    if (answer.kind === 'parsed') {
      thread.load--;
      parsing.get(answer.chunk)?.resolve(answer.rows);
      parsing.delete(answer.chunk);
      return;
    }
    for (const { ticket, row, sha256 } of answer.segments) {
      const take = packing.get(ticket);
      packing.delete(ticket);
      take?.(withBuffers(row), asBuffer(sha256));
    }
    if (packing.size > 0) return;
    waiting?.resolve();
    waiting = null;
  }

  function idlest(): RowThread {
    return threads.reduce((one, other) => (other.load < one.load ? other : one));
  }

  function send(thread: RowThread, request: RowRequest, transferred: ArrayBuffer[] = []): void {
    thread.worker.postMessage(request, transferred);
  }

  return {
    parse(chunk, lines) {
      if (failure !== null) return Promise.reject(failure);
      const thread = idlest();
      thread.load++;
      threadOf.set(chunk, thread);
      return new Promise((resolve, reject) => {
        parsing.set(chunk, { resolve, reject });
        send(thread, { kind: 'parse', chunk, lines }, [lines.bytes]);
      });
    },
    pack(chunk, all, isDone) {
      const thread = threadOf.get(chunk);
      if (thread === undefined) throw new Error('no thread holds this chunk');
      if (isDone) threadOf.delete(chunk);
      for (const {
        order: { ticket },
        take,
      } of all)
        packing.set(ticket, take);
      send(thread, { kind: 'pack', chunk, orders: all.map((one) => one.order), isDone });
    },
    packLines(pack, bytes, take) {
      packing.set(pack.ticket, take);
      send(idlest(), { kind: 'pack-lines', order: pack, bytes }, [bytes]);
    },
    settled() {
      if (failure !== null) return Promise.reject(failure);
      if (packing.size === 0) return Promise.resolve();
      return new Promise((resolve, reject) => (waiting = { resolve, reject }));
    },
    close() {
      for (const { worker } of threads) {
        worker.removeAllListeners('exit');
        void worker.terminate();
      }
    },
  };
}

/** What crosses threads has lost that it is a Buffer. */
function withBuffers(row: SegmentRow): SegmentRow {
  const buffers = Object.entries(row).map(([name, value]: [string, unknown]): [string, unknown] => [
    name,
    value instanceof Uint8Array ? asBuffer(value) : value,
  ]);
  return Object.fromEntries(buffers) as unknown as SegmentRow;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
