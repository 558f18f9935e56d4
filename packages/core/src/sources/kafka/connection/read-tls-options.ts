import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type ConnectionOptions } from 'node:tls';
import type { ErrorCode } from '../../../model/errors/error-catalogue.js';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { KafkaTlsSettings } from './kafka-settings.js';
import { readSecret } from '../../secrets/read-secret.js';

/**
 * What Node needs for an encrypted connection.
 * @param code of the error when what stands in the files does not fit together
 * @throws RecoveryError `file-unavailable` when a file cannot be read, the one of `code`, `secret-unavailable` when the passphrase cannot be had.
 */
export function readTlsOptions(tls: KafkaTlsSettings, code: ErrorCode = 'kafka-tls-failed'): ConnectionOptions {
  const passphrase = tls.keyPassphrase === undefined ? undefined : readSecret(tls.keyPassphrase);
  const files = {
    ...(tls.ca === undefined ? {} : { ca: readCertificate('tls.ca', tls.ca, code) }),
    ...(tls.cert === undefined ? {} : { cert: readCertificate('tls.cert', tls.cert, code) }),
    ...(tls.key === undefined ? {} : { key: readPem('tls.key', tls.key, code) }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  checkFiles(tls, files, code);
  return {
    ...files,
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot turn it off.
    rejectUnauthorized: true,
  };
}

function readPem(setting: string, path: string, code: ErrorCode): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new RecoveryError('file-unavailable', `${path} (${setting}): the file cannot be read`, {
      hint: 'correct the path or the permissions of the file',
      cause: error,
      details: { path },
    });
  }
  if (text.includes('-----BEGIN ')) return text;
  throw new RecoveryError(code, `${path} (${setting}): holds no certificate or key in the PEM format`, {
    hint: 'convert it: a Java key store with "keytool -exportcert -rfc", a PKCS#12 file with "openssl pkcs12 -nodes"',
    details: { path },
  });
}

/** Node passes over authorities that it cannot read, and then calls the broker's certificate an unknown one. */
function readCertificate(setting: string, path: string, code: ErrorCode): string {
  const text = readPem(setting, path, code);
  try {
    new X509Certificate(text);
  } catch (error) {
    throw new RecoveryError(code, `${path} (${setting}): the certificate in it cannot be read`, {
      hint: 'fetch the file again from who runs the cluster; a key stands in tls.key alone',
      cause: error,
      details: { path },
    });
  }
  return text;
}

/** OpenSSL would tell the same at the first connection, once for every broker and every try. */
function checkFiles(tls: KafkaTlsSettings, files: ConnectionOptions, code: ErrorCode): void {
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new RecoveryError(code, 'of tls.cert and tls.key one is given without the other', {
      hint: 'a client certificate needs both: the certificate and its key',
    });
  }
  try {
    createSecureContext(files);
  } catch (error) {
    throw new RecoveryError(code, `the files of tls cannot be used: ${reasonOf(error)}`, {
      hint: 'tls.ca and tls.cert hold certificates, tls.key the key of tls.cert, and tls.keyPassphrase opens that key',
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const code = String((error as { code?: unknown }).code);
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return 'the key is not that of the certificate';
  if (code === 'ERR_MISSING_PASSPHRASE' || code === 'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED') {
    return 'the key is encrypted and there is no passphrase';
  }
  if (/BAD_(DECRYPT|PASSWORD_READ)/.test(code)) return 'the passphrase does not open the key';
  return error instanceof Error ? error.message : code;
}
