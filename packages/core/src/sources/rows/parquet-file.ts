import type { FileMetaData } from 'hyparquet';
import type { Compressors, Hyparquet } from './parquet-module.js';

/** What is needed to read a Parquet file. */
export interface ParquetFile {
  readonly file: string;
  readonly library: Hyparquet;
  readonly compressors: Compressors | undefined;
  readonly metadata: FileMetaData;
  readonly bytes: number;
}
