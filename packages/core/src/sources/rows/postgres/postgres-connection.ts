import { checkServerIdentity } from 'node:tls';
import type { ClientConfig } from 'pg';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { readTlsOptions } from '../../kafka/connection/read-tls-options.js';
import { readSecret } from '../../secrets/read-secret.js';
import type { PostgresInput } from '../row-input.js';
import { describePostgres, parsePostgresAddress, type PostgresAddress } from './postgres-address.js';

/** How a database is reached, with its secrets: for this process only. */
export interface PostgresConnection {
  /** `postgres HOST:PORT/DATABASE` */
  readonly location: string;
  /** What no message may hold. */
  readonly secrets: readonly string[];
  readonly client: ClientConfig;
}

const connectWithinMs = 10_000;

/**
 * Reads the URL and the files of TLS; nothing is connected.
 * @throws RecoveryError `secret-unavailable`, `file-unavailable`, `invalid-configuration` or `unreadable-database` when they
 *   cannot be had or used.
 */
export function postgresConnection({ url, tls }: Pick<PostgresInput, 'url' | 'tls'>): PostgresConnection {
  const text = readSecret(url);
  const address = parsePostgresAddress(text);
  const { host, port, database, user, password, options } = address;
  const secrets = [text, password, process.env['PGPASSWORD']].filter((secret) => typeof secret === 'string');
  return {
    location: describePostgres(address),
    secrets,
    client: {
      ...{ host, port, database, application_name: 'eventmend', connectionTimeoutMillis: connectWithinMs },
      ...(user !== null && { user }),
      ...(password !== null && { password }),
      ...(options !== null && { options }),
      ssl: encryptionOf(tls, address),
      // Digits are kept, and what a text means is said by the mapping.
      types: { getTypeParser: () => (text: string) => text },
    },
  };
}

/** With TLS the certificate is always verified. */
function encryptionOf(tls: PostgresInput['tls'], { tls: ofUrl }: PostgresAddress): ClientConfig['ssl'] {
  const isOn = tls === undefined ? ofUrl === true : tls !== false;
  if (ofUrl !== null && isOn !== ofUrl) {
    throw new RecoveryError('invalid-configuration', 'the setting tls says otherwise than sslmode in the URL', {
      hint: 'leave one of them out',
    });
  }
  if (!isOn) return false;
  const settings = typeof tls === 'object' ? tls : {};
  const { serverName } = settings;
  return {
    ...readTlsOptions(settings, 'unreadable-database'),
    // The driver asks for the host by name and would compare the certificate with that.
    ...(serverName !== undefined && {
      checkServerIdentity: (_host: string, certificate) => checkServerIdentity(serverName, certificate),
    }),
  };
}
