import type { FileMetaData } from 'hyparquet';

/** What is needed to read a Parquet file. */
export interface ParquetFile {
  readonly file: string;
  readonly library: typeof import('hyparquet');
  readonly compressors: (typeof import('hyparquet-compressors'))['compressors'] | undefined;
  readonly metadata: FileMetaData;
  readonly bytes: number;
}
