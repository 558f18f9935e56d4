import type { Client, FieldDef, QueryArrayConfig, QueryArrayResult } from 'pg';
import { loadDriver } from '../../drivers/load-driver.js';
import { explainPostgresError } from './explain-postgres-error.js';
import type { PostgresConnection } from './postgres-connection.js';

/** Some rows of a query, each cell as the text that the server writes. */
export interface PostgresPage {
  readonly columns: readonly Pick<FieldDef, 'name' | 'dataTypeID'>[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** What a database held at one moment: one transaction that sees nothing of what is committed while it lasts. */
export interface PostgresSnapshot {
  /** Begins a query. @throws RecoveryError `unreadable-database`, `database-unreachable` */
  declare(cursor: string, query: string): Promise<void>;
  /** The next rows of it, none after the last. @throws RecoveryError `unreadable-database`, `database-unreachable` */
  fetch(cursor: string, rows: number): Promise<PostgresPage>;
  /** Ends the transaction and the connection; safe to call twice and at any time. */
  close(): void;
}

/** The types of the driver leave out that its socket can be left alone. */
type EndableClient = Client & { unref(): void };

/** What Node's timers and PostgreSQL take at most. */
const longestMs = 2 ** 31 - 1;

/**
 * Connects and begins a transaction that reads one state of the database and can write nothing.
 * @param timeLimitMs how long all of the reading may take; then the connection is closed
 * @throws RecoveryError `database-unreachable`, `unreadable-database`, `missing-package`
 */
export function openPostgresSnapshot(connection: PostgresConnection, timeLimitMs: number): PostgresSnapshot {
  const { location, secrets } = connection;
  const driver = loadDriver('pg', location);
  let client: EndableClient | null = null;
  let begun: Promise<Client> | null = null;
  let late = false;
  /** What ended the connection while nothing was asked of it. */
  let broken: Error | null = null;
  let giveUp: (error: Error) => void = () => undefined;
  /** The driver leaves who waits for a connection waiting for ever where it is ended meanwhile. */
  const closed = new Promise<never>((_, reject) => (giveUp = reject));
  closed.catch(() => undefined);
  const timer = setTimeout(
    () => {
      late = true;
      close();
    },
    Math.min(timeLimitMs, longestMs),
  );
  timer.unref();

  async function begin(): Promise<Client> {
    const made = new driver.Client(connection.client) as EndableClient;
    client = made;
    made.on('error', (error) => (broken ??= error));
    await made.connect();
    await made.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${sessionSettings(timeLimitMs)}`);
    return made;
  }

  async function ask(query: QueryArrayConfig): Promise<QueryArrayResult<(string | null)[]>> {
    try {
      begun ??= begin();
      const answer = begun.then((ready) => ready.query<(string | null)[]>(query));
      return await Promise.race([closed, answer]);
    } catch (error) {
      close();
      throw explainPostgresError(broken ?? error, { location, secrets, timeLimitMs, late });
    }
  }

  function close(): void {
    clearTimeout(timer);
    giveUp(new Error('Connection terminated'));
    // Where an answer is waited for, this breaks the connection.
    client?.end().catch(() => undefined);
    client?.unref(); // a server that is gone never says that it has heard, and keeps nobody waiting
  }

  return {
    async declare(cursor, query) {
      // With the extended protocol the server refuses a second statement behind the first.
      const text = `DECLARE ${cursor} NO SCROLL CURSOR FOR ${query}`;
      await ask({ text, rowMode: 'array', queryMode: 'extended' } as QueryArrayConfig);
    },
    async fetch(cursor, count) {
      const { fields, rows } = await ask({ text: `FETCH FORWARD ${count} FROM ${cursor}`, rowMode: 'array' });
      return { columns: fields, rows };
    },
    close,
  };
}

/** One way to write each value, whatever the server, the database or the user has set; and scans begin at the beginning. */
export function sessionSettings(timeLimitMs: number): string {
  const limit = Math.ceil(Math.min(timeLimitMs, longestMs));
  const settings = {
    ...{ client_encoding: 'UTF8', datestyle: 'ISO, YMD', timezone: 'UTC', intervalstyle: 'postgres' },
    ...{ extra_float_digits: 3, bytea_output: 'hex', synchronize_seqscans: 'off' },
    ...{ statement_timeout: limit, idle_in_transaction_session_timeout: limit },
  };
  return Object.entries(settings)
    .map(([name, value]) => `SET LOCAL ${name} = '${value}'`)
    .join('; ');
}
