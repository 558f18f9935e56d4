import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { describeAddress } from '../../kafka/connection/broker-address.js';

/** What the URL of a PostgreSQL database says. */
export interface PostgresAddress {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Null where the URL leaves it to the environment (PGUSER, PGPASSWORD). */
  readonly user: string | null;
  readonly password: string | null;
  /** Null where the URL leaves it to the setting `tls`. */
  readonly tls: boolean | null;
  /** Settings of the session, as `-c NAME=VALUE`. */
  readonly options: string | null;
}

/** They say how a connection is kept or pooled, and nothing of what is read. */
const withoutMeaning = new Set([
  ...['application_name', 'channel_binding', 'connect_timeout', 'connection_limit', 'keepalives', 'keepalives_count'],
  ...['keepalives_idle', 'keepalives_interval', 'pgbouncer', 'pool_timeout', 'statement_cache_size'],
  'target_session_attrs',
]);

const tlsOfMode: Readonly<Record<string, boolean | null>> = {
  disable: false,
  allow: null,
  prefer: null,
  require: true,
  'verify-ca': true,
  'verify-full': true,
};

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
 * @throws RecoveryError `invalid-configuration` with the reason and never with a part of the text.
 */
export function parsePostgresAddress(text: string): PostgresAddress {
  const url = parseUrl(text.trim());
  const parameters = new Map(url.searchParams);
  const tls = tlsOf(parameters);
  const socket = parameters.get('host');
  const options = parameters.get('options') ?? null;
  for (const name of parameters.keys()) {
    if (['sslmode', 'host', 'options'].includes(name) || withoutMeaning.has(name)) continue;
    throw unusable(`has a parameter ${JSON.stringify(name.slice(0, 40))} that is not understood`, hintOf(name));
  }
  const database = decoded(url.pathname.slice(1));
  if (database === '') throw unusable('names no database', form);
  return {
    host: socket ?? (url.hostname === '' ? 'localhost' : decoded(url.hostname).replace(/^\[(.*)\]$/, '$1')),
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user: url.username === '' ? null : decoded(url.username),
    password: url.password === '' ? null : decoded(url.password),
    tls,
    options,
  };
}

/** Without the user and the password. */
export function describePostgres({ host, port, database }: PostgresAddress): string {
  return `postgres ${describeAddress({ host, port })}/${database}`;
}

const form = 'write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE';

function parseUrl(text: string): URL {
  try {
    // A user without a host, as it is written for sockets, is no URL by the book.
    const url = new URL(text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?#]|$)/i, '$1localhost'));
    // An @ behind the host is that of a password with a / or ? in it; a part of it would pass for the database.
    const isWhole = url.hash === '' && !/^\/.*[/@]/.test(url.pathname) && !url.search.includes('@');
    if (isWhole && /^postgres(?:ql)?:$/.test(url.protocol)) return url;
  } catch {
    // Its error repeats the text.
  }
  throw unusable(
    'cannot be read as one',
    `${form}; characters such as # / ? @ in a password stand there as %23 %2F %3F %40`,
  );
}

function tlsOf(parameters: ReadonlyMap<string, string>): boolean | null {
  const mode = parameters.get('sslmode');
  if (mode === undefined) return null;
  const tls = tlsOfMode[mode];
  if (tls === undefined)
    throw unusable(
      'has a sslmode that is not supported',
      'certificates are always verified: write sslmode=require or leave it out',
    );
  return tls;
}

function hintOf(parameter: string): string {
  if (parameter.startsWith('ssl')) return 'name the files of certificates in the incident file: tls: {ca, cert, key}';
  if (parameter === 'schema') return 'name the schema in the query, such as shop.balances';
  return 'leave it out of the URL that is used here';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unusable('has a % that no two hexadecimal digits follow', 'a % itself is written %25');
  }
}

function unusable(reason: string, hint: string): RecoveryError {
  return new RecoveryError('invalid-configuration', `the URL of the PostgreSQL database ${reason}`, { hint });
}
