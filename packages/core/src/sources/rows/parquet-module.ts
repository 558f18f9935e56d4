import { RecoveryError } from '../../model/errors/recovery-error.js';

export type Hyparquet = typeof import('hyparquet');
export type Compressors = (typeof import('hyparquet-compressors'))['compressors'];

/** @throws RecoveryError EM1007 when the optional package is not installed. */
export async function loadHyparquet(file: string): Promise<Hyparquet> {
  return import('hyparquet').catch((cause: unknown) => {
    throw notInstalled(file, 'hyparquet', cause);
  });
}

/** Compressed files need a second package, but for snappy. @throws RecoveryError EM1007 when it is not installed. */
export async function loadCompressors(file: string): Promise<Compressors> {
  const module = await import('hyparquet-compressors').catch((cause: unknown) => {
    throw notInstalled(file, 'hyparquet-compressors', cause);
  });
  return module.compressors;
}

function notInstalled(file: string, name: string, cause: unknown): RecoveryError {
  return new RecoveryError('EM1007', `${file} is a Parquet file, and the package ${name} is not installed`, {
    hint: 'npm install hyparquet hyparquet-compressors',
    cause,
  });
}
