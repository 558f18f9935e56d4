import { describe, expect, it } from 'vitest';
import { parseIncident } from './parse-incident.js';

const head = `
format_version: 1
name: orders
worker: ./worker.ts
log: { ndjson: [events.ndjson] }
`;
const parse = (text: string) => parseIncident(`${head}${text}`, '/in/x.incident.yaml');

function problemsOf(text: string): string {
  try {
    parse(text);
    return 'valid';
  } catch (error) {
    expect((error as { code: string }).code).toBe('invalid-configuration');
    return (error as Error).message.split('\n').slice(1).join('\n');
  }
}

describe('live state', () => {
  it('understands rows of other systems', () => {
    const { live, snapshots } = parse(`
live:
  state:
    csv: export/accounts.csv
    mapping: { key: customer, state: { columns: { open: { column: open_cents, type: integer }, name: name } } }
    position: { orders: { 0: "6", 1: 7 } }
    taken_at: 2026-11-19T09:12:00Z
    state_version: 2
snapshots:
  - snapshots
  - { sqlite: a.db, table: accounts, mapping: { key: id, types: { n: integer }, drop: [note] }, position: at.json, id: monday }
`);
    expect(live.state).toEqual({
      kind: 'rows',
      id: 'live',
      rows: { kind: 'file', file: '/in/export/accounts.csv', format: 'csv' },
      mapping: {
        key: 'customer',
        state: {
          form: 'columns',
          columns: [
            { field: 'open', column: 'open_cents', type: 'integer' },
            { field: 'name', column: 'name' },
          ],
        },
      },
      position: [
        { topic: 'orders', partition: 0, next: '6' },
        { topic: 'orders', partition: 1, next: '7' },
      ],
      takenAt: Date.UTC(2026, 10, 19, 9, 12),
      stateVersion: 2,
      worker: null,
    });
    expect(snapshots).toEqual([
      { kind: 'snapshot-files', path: '/in/snapshots' },
      expect.objectContaining({
        id: 'monday',
        rows: { kind: 'sqlite', file: '/in/a.db', from: { table: 'accounts' } },
        mapping: { key: 'id', state: { form: 'row', types: { n: { type: 'integer' } }, drop: ['note'] } },
        position: { file: '/in/at.json' },
      }),
    ]);
  });

  it('understands a PostgreSQL database', () => {
    const { snapshots, live } = parse(`
snapshots:
  - postgres: { url: { file: secrets/url }, tls: { ca: ca.pem } }
    query: SELECT account, cents FROM balances
    position_query: SELECT topic, partition, next_offset FROM positions
    time_limit: 5m
    mapping: { key: account }
live:
  outputs: { postgres: { url: { env: DATABASE_URL } }, query: SELECT * FROM outbox ORDER BY id }
`);
    expect(snapshots).toEqual([
      expect.objectContaining({
        id: 'postgres',
        rows: {
          kind: 'postgres',
          url: { file: '/in/secrets/url' },
          tls: { ca: '/in/ca.pem' },
          query: 'SELECT account, cents FROM balances',
          positionQuery: 'SELECT topic, partition, next_offset FROM positions',
          timeLimitMs: 300_000,
        },
        position: null,
        takenAt: null,
      }),
    ]);
    expect(live.outputs?.rows).toEqual({
      ...{ kind: 'postgres', url: { env: 'DATABASE_URL' }, query: 'SELECT * FROM outbox ORDER BY id' },
    });
  });

  it.each([
    [
      'live: { state: { csv: a.csv, sqlite: b.db, table: t, mapping: { key: k } } }',
      /"live.state.sqlite" stands beside "csv"/,
    ],
    ['live: { state: { mapping: { key: k } } }', /needs one of ndjson, csv, json, parquet, sqlite, postgres, command/],
    ['live: { state: { sqlite: b.db, mapping: { key: k } } }', /needs either "table" or "query"/],
    [
      'live: { state: { csv: a.csv, maping: { key: k } } }',
      /line 6: unknown key "maping" in "live.state": did you mean "mapping"/,
    ],
    [
      'live: { state: { csv: a.csv, mapping: { key: k, state: { column: c }, drop: [x] } } }',
      /belongs to "state: row"/,
    ],
    ['live: { state: { csv: a.csv, mapping: { key: k }, position: { orders: { a: "6" } } } }', /position/],
    [
      'live: { state: { postgres: { url: { env: U } }, mapping: { key: k } } }',
      /"live.state.postgres" needs either "table" or "query"/,
    ],
    [
      'live: { state: { postgres: { url: "postgres://me:word@db/shop" }, query: SELECT 1, mapping: { key: k } } }',
      /"live.state.postgres.url" must be {file}, {env} or {command}: a secret itself does not belong here$/m,
    ],
    ['live: { state: { csv: a.csv, query: SELECT 1, mapping: { key: k } } }', /belongs to "sqlite" or "postgres"/],
    ['live: { state: { csv: a.csv, time_limit: 5m, mapping: { key: k } } }', /belongs to "command" or "postgres"/],
    ['live: { state: { csv: a.csv, position_query: SELECT 1, mapping: { key: k } } }', /belongs to "postgres"/],
    [
      'live: { state: { postgres: { url: { env: U } }, query: SELECT 1, position_query: SELECT 2, position: at.json, mapping: { key: k } } }',
      /position_query" stands beside "position": one of them says it/,
    ],
    [
      'live: { outputs: { postgres: { url: { env: U } }, query: SELECT 1, position_query: SELECT 2 } }',
      /position_query/,
    ],
    ['live: { state: { command: psql, mapping: { key: k } } }', /must be a list: the program and its arguments/],
    ['live: { outputs: { ndjson: a.ndjson, topics: [x] } }', /belongs to "archive"/],
    ['live: { outputs: { ndjson: a.ndjson, order: any } }', /must be handling, partition or unknown/],
    ['live: { ledger: { csv: a.csv, mapping: { time: at } } }', /needs "event"/],
  ])('refuses %s', (text, problem) => {
    expect(problemsOf(text)).toMatch(problem);
  });
});

describe('recorded outputs and ledgers', () => {
  it('understands a file alone, a command, and a log', () => {
    expect(parse('live: { outputs: sent.csv.gz }').live.outputs).toMatchObject({
      rows: { kind: 'file', file: '/in/sent.csv.gz', format: 'csv' },
      mapping: { output: { column: 'output' } },
      order: null,
    });
    const { outputs, ledger } = parse(`
live:
  outputs:
    archive: out.archive
    topics: [balances]
    mapping:
      output: balance
      key: key
      value: { column: value }
      event: { topic: orders, partition: headers.partition, offset: headers.offset }
      id: { column: headers.id, optional: true }
    order: partition
    from: 2026-11-19T00:00:00Z
  ledger:
    command: [psql, --csv, -c, "SELECT …"]
    time_limit: 30s
    mapping: { event_id: event, time: { column: at, unit: seconds } }
    order: { column: seq }
`).live;
    expect(outputs).toMatchObject({
      rows: { kind: 'archive', file: '/in/out.archive', topics: ['balances'] },
      mapping: {
        output: { constant: 'balance' },
        value: { form: 'column', column: 'value' },
        event: { topic: { constant: 'orders' }, partition: { column: 'headers.partition' }, offset: 'headers.offset' },
        id: { column: 'headers.id', optional: true },
      },
      order: 'partition',
      from: Date.UTC(2026, 10, 19),
      until: null,
    });
    expect(ledger).toMatchObject({
      rows: {
        kind: 'command',
        command: ['psql', '--csv', '-c', 'SELECT …'],
        format: 'csv',
        folder: '/in',
        timeLimitMs: 30_000,
      },
      mapping: { eventId: 'event', rising: 'seq', time: { column: 'at', unit: 'seconds' } },
      order: 'handling',
    });
  });

  it('can give the live order', () => {
    const incident = parse('order: { by: recorded, from: ledger, using: time }\nlive: { ledger: seen.csv }\n');
    expect(incident.order).toEqual({ by: 'recorded', file: '/in/.eventmend/recorded-order.ndjson' });
    expect(incident.derivedOrder).toEqual({ from: 'ledger', using: 'time' });
    const digests = ['order', 'time'].map(
      (using) => parse(`order: { by: recorded, from: ledger, using: ${using} }\nlive: { ledger: seen.csv }\n`).digest,
    );
    expect(digests[0]).not.toBe(digests[1]);
    expect(problemsOf('order: { by: recorded, from: ledger }')).toMatch(/"order.from" needs "live.ledger"/);
    expect(problemsOf('order: { by: recorded, from: outputs, file: x }\nlive: { outputs: y }')).toMatch(
      /needs either "file"/,
    );
    expect(problemsOf('order: { by: time, using: time }')).toMatch(/belongs to "by: recorded"/);
  });

  it('are part of what the incident means, with paths that stay relative', () => {
    const digest = (text: string, file = '/in/x.incident.yaml') => parseIncident(`${head}${text}`, file).digest;
    const outputs = 'live: { outputs: sent.ndjson }';
    expect(digest(outputs)).not.toBe(digest(''));
    expect(digest(outputs)).not.toBe(digest('live: { outputs: { ndjson: sent.ndjson, order: unknown } }'));
    expect(digest(outputs)).toBe(digest('live: { outputs: ./sent.ndjson }', '/elsewhere/x.incident.yaml'));
    expect(digest('live: { ledger: { csv: a.csv, mapping: { event_id: a } } }')).not.toBe(
      digest('live: { ledger: { csv: a.csv, mapping: { event_id: b } } }'),
    );
    const command = 'live: { ledger: { command: [a], mapping: { event_id: a } } }';
    expect(digest(command)).toBe(digest(command, '/elsewhere/x.incident.yaml'));
  });
});
