import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Offset } from '../../model/event/offset.js';
import { compileMapping, type CompiledMapping } from '../rows/compile-mapping.js';
import type { EventMapping } from '../rows/event-mapping.js';
import { ndjsonRows } from '../rows/ndjson-rows.js';
import { detectRowFormat } from '../rows/detect-row-format.js';
import type { RowSource } from '../rows/row-source.js';
import type {
  EventLog,
  LogDescription,
  PageReader,
  PartitionDescription,
  ReadRequest,
} from '../../model/log/event-log.js';
import { comparePartitions, type PartitionId } from '../../model/log/partition-id.js';
import { isSamePartition } from '../../model/log/partition-table.js';
import { partitionReads, type PartitionReads } from './read-partitions.js';
import { scanFiles, type FilesScan, type OpenFiles } from './scan-files.js';

export interface NdjsonLogOptions {
  /** Events of a page, 1,000 by default. */
  readonly pageSize?: number;
  /** Bytes of rows that the readers of the log may hold ready for each other, 16 MiB by default. */
  readonly bufferBytes?: number;
  /** The oldest offset that a partition ever had, for those where it is not 0. */
  readonly beginnings?: readonly { readonly topic?: string; readonly partition: number; readonly offset: Offset }[];
  /**
   * `refuse`: rows that cannot be read, and copies of an offset that contradict each other, are an error that lists them.
   * `keep`: they are holes, and listed in the description. `refuse` by default.
   */
  readonly damage?: 'refuse' | 'keep';
  /** What an earlier scan of the same files found, so that it is not made again; comes with the locator. */
  readonly scan?: FilesScan;
}

const defaultBufferBytes = 16 * 1024 * 1024;

/** What the module of the locator takes: plain JSON. */
export interface NdjsonLogLocation {
  readonly files: readonly string[];
  readonly mapping: EventMapping;
  readonly options?: NdjsonLogOptions;
}

/**
 * A log straight over NDJSON files (plain, .gz, .zst), taken one after the other in the given order. In it the offsets
 * of each partition must rise: repeats of an offset with the same content are dropped and counted, anything else is an
 * error that says so. The first use reads the files once from end to end; memory follows partitions, holes and repeats.
 * For repeated work on large files an archive is faster.
 *
 * The fingerprint covers the mapping and all content of the files in their order (not their names or folder), so that
 * an edit anywhere in them is noticed. Appending changes it too: a plan made before is stale then, and is made again.
 * @throws RecoveryError `invalid-argument` (not NDJSON), `invalid-configuration` (mapping), `file-unavailable` (no such
 *   file); while describing and reading `conflicting-events`, `unreadable-row`, `size-limit-exceeded`,
 *   `offsets-out-of-order`, `invalid-field`.
 */
export function openNdjsonLog(
  files: readonly string[],
  mapping: EventMapping,
  options: NdjsonLogOptions = {},
): EventLog {
  const paths = files.map((file) => resolve(file));
  const openFiles: OpenFiles = (onBytes) =>
    paths.map((path, index) =>
      openSource(
        path,
        onBytes === undefined
          ? undefined
          : (bytes) => {
              onBytes(index, bytes);
            },
      ),
    );
  const sources = openFiles();
  const compiled = compileMapping(mapping);
  const pageSize = options.pageSize ?? 1000;
  let scanning: Promise<FilesScan> | null = options.scan === undefined ? null : Promise.resolve(options.scan);
  let scan: FilesScan | null = options.scan ?? null;
  let reads: PartitionReads | null = null;

  async function scanned(): Promise<FilesScan> {
    scanning ??= scanFiles(openFiles, compiled, options.damage ?? 'refuse');
    return (scan ??= await scanning);
  }

  function readNow(found: FilesScan, request: ReadRequest): PageReader {
    reads ??= partitionReads(sources, compiled, found, pageSize, options.bufferBytes ?? defaultBufferBytes);
    return reads.read(request);
  }

  return {
    describe: async () => describeScan(await scanned(), files, mapping, compiled, options.beginnings ?? []),
    read: (request) => (scan === null ? readLater(scanned, readNow, request) : readNow(scan, request)),
    get locator() {
      const { scan: _, ...rest } = options;
      const location: NdjsonLogLocation = { files: paths, mapping, options: scan === null ? rest : { ...rest, scan } };
      return { module: new URL('./ndjson-log-module.js', import.meta.url).href, options: location };
    },
    close() {
      reads?.close();
      reads = null;
    },
  };
}

function openSource(file: string, onBytes?: (bytes: Uint8Array) => void): RowSource {
  const { format, compression } = detectRowFormat(file);
  if (format === null || format === 'ndjson') {
    return ndjsonRows(file, onBytes === undefined ? { compression } : { compression, onBytes });
  }
  throw new RecoveryError('invalid-argument', `${file} cannot be read as a log directly`, {
    hint: 'put its rows into an archive first: eventmend archive import',
  });
}

/** A reader that was asked for before the files were scanned. */
function readLater(
  scanned: () => Promise<FilesScan>,
  readNow: (scan: FilesScan, request: ReadRequest) => PageReader,
  request: ReadRequest,
): PageReader {
  let reader: PageReader | null = null;
  let closed = false;
  return {
    next() {
      if (closed) return null;
      if (reader !== null) return reader.next();
      return scanned().then((scan) => (closed ? null : (reader ??= readNow(scan, request)).next()));
    },
    close() {
      closed = true;
      reader?.close();
    },
  };
}

function describeScan(
  scan: FilesScan,
  files: readonly string[],
  mapping: EventMapping,
  compiled: CompiledMapping,
  beginnings: NonNullable<NdjsonLogOptions['beginnings']>,
): LogDescription {
  const found = scan.partitions.map((partition): PartitionDescription => {
    const {
      source,
      topic,
      incarnation,
      partition: number,
      from,
      next,
      holes,
      events,
      firstTime,
      lastTime,
      repeated,
    } = partition;
    const id: PartitionId = { source, topic, incarnation, partition: number };
    return {
      ...id,
      beginning: beginningOf(id, beginnings),
      range: { from, to: next },
      holes,
      events,
      firstTime,
      lastTime,
      repeated,
    };
  });
  const empty = impliedPartitions(compiled)
    .filter((id) => !found.some((partition) => isSamePartition(partition, id)))
    .map((id): PartitionDescription => {
      const beginning = beginningOf(id, beginnings);
      const range = { from: beginning, to: beginning };
      return { ...id, beginning, range, holes: [], events: 0, firstTime: null, lastTime: null, repeated: 0 };
    });
  return {
    kind: 'ndjson',
    location: files.join(', '),
    partitions: [...found, ...empty].sort(comparePartitions),
    fingerprint: createHash('sha256')
      .update(JSON.stringify([mapping, scan.contents]))
      .digest('hex'),
    ...(scan.damage !== undefined && { damage: scan.damage }),
  };
}

/** Partitions that the mapping says there are, whether or not they have events. */
function impliedPartitions(mapping: CompiledMapping): readonly PartitionId[] {
  if (mapping.form !== 'columns' || typeof mapping.topic !== 'string' || mapping.partition.kind === 'column') return [];
  const { source, topic, incarnation, partition } = mapping;
  if (partition.kind === 'constant') return [{ source, topic, incarnation, partition: partition.partition }];
  return Array.from({ length: partition.count }, (_, number) => ({ source, topic, incarnation, partition: number }));
}

function beginningOf(id: PartitionId, beginnings: NonNullable<NdjsonLogOptions['beginnings']>): Offset {
  const known = beginnings.find(
    (entry) => entry.partition === id.partition && (entry.topic === undefined || entry.topic === id.topic),
  );
  return known?.offset ?? 0;
}
