import type { Client } from 'pg';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { loadDriver } from '../drivers/load-driver.js';
import { redactValues } from '../kafka/connection/redact-values.js';
import { PassingFailure } from '../kafka/cluster/patience.js';
import { explainPostgresError } from '../rows/postgres/explain-postgres-error.js';
import { postgresConnection, type PostgresConnection } from '../rows/postgres/postgres-connection.js';
import { plainRows } from '../rows/postgres/postgres-rows.js';
import { sessionSettings } from '../rows/postgres/postgres-snapshot.js';
import type { PostgresInput } from '../rows/row-input.js';
import type { AskPostgres } from './ask-postgres.js';
import { describePostgresTable, type DescribedTable } from './describe-postgres-table.js';
import {
  marksTable,
  type Cell,
  type CellsByColumn,
  type OutputTable,
  type PublicationMark,
  type TableTransaction,
} from './output-table.js';
import { quoteIdentifier, quoteTable } from './table-names.js';

const statementMs = 60_000;
const lockMs = 10_000;

/** The types of the driver leave out that its socket can be left alone. */
type EndableClient = Client & { unref(): void };

/**
 * A table of a PostgreSQL database of the user's, for writing. While a transaction lasts, other writers to the table wait, and readers
 * do not.
 * @throws RecoveryError `database-unreachable`, `unreadable-database`, `publication-refused`, `missing-package`, what reading the URL
 *   throws
 */
export async function openPostgresTable(input: Pick<PostgresInput, 'url' | 'tls'>, name: string): Promise<OutputTable> {
  const connection = postgresConnection(input);
  const session = postgresSession(connection);
  try {
    const described = await session.asked(() => describePostgresTable(session.ask, connection.location, name));
    return tableOf(session, connection, name, described);
  } catch (error) {
    session.drop();
    throw error;
  }
}

/** A connection that is made anew where the last one is gone. */
function postgresSession(connection: PostgresConnection) {
  const { location, secrets } = connection;
  const driver = loadDriver('pg', location);
  let client: EndableClient | null = null;

  async function connected(): Promise<EndableClient> {
    if (client !== null) return client;
    const made = new driver.Client(connection.client) as EndableClient;
    made.on('error', () => {
      if (client === made) client = null;
    });
    await made.connect();
    const settings = sessionSettings(statementMs).replaceAll('SET LOCAL', 'SET');
    await made.query(`${settings}; SET lock_timeout = ${lockMs}; SET synchronous_commit = on`);
    client = made;
    return made;
  }

  const drop = (): void => {
    client?.end().catch(() => undefined);
    client?.unref(); // a server that is gone never says that it has heard, and keeps nobody waiting
    client = null;
  };

  return {
    ask: (async (sql, values = []) => {
      const { fields, rows } = await (
        await connected()
      ).query<(string | null)[]>({ text: sql, values: [...values], rowMode: 'array' });
      return { columns: fields, rows };
    }) as AskPostgres,
    /** What fails is told in our words; of a connection that failed nothing is used any more. */
    async asked<T>(work: () => Promise<T>): Promise<T> {
      try {
        return await work();
      } catch (error) {
        const told = explained(error, location, secrets);
        if (told instanceof PassingFailure) drop();
        throw told;
      }
    },
    drop,
  };
}

function tableOf(
  { ask, asked, drop }: ReturnType<typeof postgresSession>,
  { location }: PostgresConnection,
  name: string,
  { schema, columns, types, missingPermissions, hasMarks, identity }: DescribedTable,
): OutputTable {
  const table = quoteTable(name);
  const marks = `${quoteIdentifier(schema)}.${marksTable}`;
  const typeOf = (column: string): string => types.get(column) ?? 'text';
  let marksAreThere = hasMarks;

  /** Rows as a list that SQL can select from: each column as an array of texts, cast to the column's own type. */
  const asSource = (rows: readonly CellsByColumn[]) => {
    const names = Object.keys(rows[0] ?? {});
    const casts = names.map((one) => `r.${quoteIdentifier(one)}::${typeOf(one)} AS ${quoteIdentifier(one)}`).join(', ');
    const arrays = names.map((_, index) => `$${index + 1}::text[]`).join(', ');
    const aliases = names.map(quoteIdentifier).join(', ');
    return {
      names,
      sql: `SELECT ${casts} FROM unnest(${arrays}) WITH ORDINALITY AS r(${aliases}, eventmend_ordinal) ORDER BY r.eventmend_ordinal`,
      values: names.map((one) => rows.map((row) => textOf(row[one] ?? null))),
    };
  };

  const rowsOf = async (column: string, values: readonly string[]): Promise<readonly unknown[]> => {
    if (values.length === 0) return [];
    const condition = `${quoteIdentifier(column)} = ANY(ARRAY(SELECT v::${typeOf(column)} FROM unnest($1::text[]) AS u(v)))`;
    return plainRows(await ask(`SELECT * FROM ${table} WHERE ${condition}`, [values]));
  };

  const mark = async (base: string): Promise<PublicationMark | null> => {
    if (!marksAreThere) return null;
    const { rows } = await ask(`SELECT run, chain, next_row::text, dropped FROM ${marks} WHERE base = $1`, [base]);
    const [found] = rows;
    if (found === undefined) return null;
    const [runId, chain, next, dropped] = found;
    return {
      runId: runId ?? '',
      chain: chain ?? '',
      next: Number(next),
      dropped: JSON.parse(dropped ?? '[]') as number[],
    };
  };

  const inTransaction: TableTransaction = {
    mark,
    async setMark(base, { runId, chain, next, dropped }) {
      await ask(
        `INSERT INTO ${marks} (base, run, chain, next_row, dropped) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (base) DO UPDATE SET next_row = EXCLUDED.next_row, dropped = EXCLUDED.dropped`,
        [base, runId, chain, next, JSON.stringify(dropped)],
      );
    },
    rowsOf,
    async upsert(idColumn, rows) {
      if (rows.length === 0) return;
      const { names, sql, values } = asSource(rows);
      const updates = names
        .filter((one) => one !== idColumn)
        .map((one) => `${quoteIdentifier(one)} = EXCLUDED.${quoteIdentifier(one)}`);
      const action = updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join(', ')}`;
      await ask(
        `INSERT INTO ${table} (${names.map(quoteIdentifier).join(', ')}) ${sql} ON CONFLICT (${quoteIdentifier(idColumn)}) DO ${action}`,
        values,
      );
    },
    async remove(idColumn, ids) {
      if (ids.length === 0) return;
      const condition = `${quoteIdentifier(idColumn)} = ANY(ARRAY(SELECT v::${typeOf(idColumn)} FROM unnest($1::text[]) AS u(v)))`;
      await ask(`DELETE FROM ${table} WHERE ${condition}`, [ids]);
    },
  };

  return {
    ...{ location, name, identity, columns, missingPermissions, hasMarks },
    isEmpty: () => asked(async () => (await ask(`SELECT 1 FROM ${table} LIMIT 1`)).rows.length === 0),
    asStored: (rows) =>
      asked(async () => {
        if (rows.length === 0) return [];
        const { sql, values } = asSource(rows);
        return plainRows(await ask(sql, values));
      }),
    rowsOf: (column, values) => asked(() => rowsOf(column, values)),
    mark: (base) => asked(() => mark(base)),
    transaction: (work) =>
      asked(async () => {
        const begins = !marksAreThere;
        await ask('BEGIN ISOLATION LEVEL READ COMMITTED');
        try {
          // Whoever else writes waits, another publisher of ours among them; so what is looked at here stays so.
          await ask(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
          if (begins) {
            await ask(
              `CREATE TABLE IF NOT EXISTS ${marks} (base text PRIMARY KEY, run text NOT NULL, chain text NOT NULL, next_row bigint NOT NULL, dropped text NOT NULL)`,
            );
            marksAreThere = true;
          }
          const result = await work(inTransaction);
          await ask('COMMIT');
          return result;
        } catch (error) {
          if (begins) marksAreThere = false;
          await ask('ROLLBACK').catch(() => undefined);
          throw error;
        }
      }),
    close() {
      drop();
      return Promise.resolve();
    },
  };
}

function textOf(cell: Cell): string | null {
  return cell === null ? null : String(cell);
}

interface ServerError {
  readonly code?: unknown;
  readonly severity?: unknown;
  readonly constraint?: unknown;
  readonly column?: unknown;
  readonly message?: unknown;
}

/** What the server says of rows may hold values of them, and is not repeated. */
function explained(error: unknown, location: string, secrets: readonly string[]): unknown {
  if (error instanceof RecoveryError || error instanceof PassingFailure) return error;
  const { code, severity, constraint, column, message } = error as ServerError;
  const state = typeof code === 'string' ? code : '';
  const told = explainPostgresError(error, { location, secrets, timeLimitMs: statementMs, late: false });
  if (told.code === 'database-unreachable' || /^(?:40|55P03|57014)/.test(state))
    return new PassingFailure(told.message, told);
  if (typeof severity !== 'string') return told;
  if (state === '42501') {
    return new RecoveryError('publication-refused', told.message, {
      hint: 'grant the user SELECT, INSERT, UPDATE and DELETE on the table',
      details: { location },
    });
  }
  if (/^2[23]|^P0|^44/.test(state)) {
    const where =
      typeof constraint === 'string'
        ? ` (constraint ${constraint})`
        : typeof column === 'string'
          ? ` (column ${column})`
          : '';
    const what = state.startsWith('22')
      ? 'a value does not fit the type of its column'
      : 'the table does not take a row';
    const said =
      state.startsWith('22') && typeof message === 'string'
        ? `: ${message.replace(/"[^]*"/, '"…"').replace(/\d+/g, '…')}`
        : '';
    return new RecoveryError(
      'publication-refused',
      redactValues(`${location}: ${what}${where}${said} (SQLSTATE ${state})`, secrets),
      { hint: 'compare the table with live.outputs.mapping: types, keys and checks', details: { location } },
    );
  }
  return told;
}
