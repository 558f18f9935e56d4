import type { CompiledMapping } from '../../rows/compile-mapping.js';
import type { MappingState } from '../../rows/mapping-state.js';
import type { RowSource } from '../../rows/row-source.js';
import type { ImportWriter } from '../archive-writer.js';
import type { TimesOfFile } from './times-of-files.js';

/** What a file is imported with. */
export interface FileImport {
  readonly writer: ImportWriter;
  readonly rows: RowSource;
  readonly mapping: CompiledMapping;
  readonly state: MappingState;
  /** Oldest offset that new partitions ever had. */
  readonly beginning: number;
  readonly times: TimesOfFile;
  readonly commitBytes?: number;
  /** Threads that parse, and the size of what they are given at once; as many as are worth it by default, 0 for none. */
  readonly threads?: number;
  readonly chunkBytes?: number;
  /** `keep`: rows that cannot be read are kept as they are, and become holes. Else the first of them is an error. */
  readonly damage: 'refuse' | 'keep';
}
