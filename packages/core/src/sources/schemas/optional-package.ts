import { RecoveryError } from '../../model/errors/recovery-error.js';

export type Avsc = typeof import('avsc');
export type Protobufjs = typeof import('protobufjs');

/** @throws RecoveryError EM1007 when the optional package is not installed. */
export async function loadAvsc(): Promise<Avsc> {
  const module = await import('avsc').catch((cause: unknown) => {
    throw notInstalled('Avro', 'avsc', cause);
  });
  return module.default;
}

/** @throws RecoveryError EM1007 when the optional package is not installed. */
export async function loadProtobufjs(): Promise<Protobufjs> {
  const module = await import('protobufjs').catch((cause: unknown) => {
    throw notInstalled('Protobuf', 'protobufjs', cause);
  });
  return module.default;
}

function notInstalled(language: string, name: string, cause: unknown): RecoveryError {
  return new RecoveryError('EM1007', `values are in ${language}, and the package ${name} is not installed`, {
    hint: `npm install ${name}`,
    cause,
  });
}
