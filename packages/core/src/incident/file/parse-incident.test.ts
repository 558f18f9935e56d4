import { describe, expect, it } from 'vitest';
import { parseIncident } from './parse-incident.js';

const least = `
format_version: 1
name: flights-2001
worker: ./worker.ts
log: { ndjson: [events.ndjson] }
`;

function problemsOf(text: string): string {
  try {
    parseIncident(text, '/in/x.incident.yaml');
    return 'valid';
  } catch (error) {
    expect((error as { code: string }).code).toBe('invalid-configuration');
    return (error as Error).message.split('\n').slice(1).join('\n');
  }
}

describe('dead-letter and retry topics', () => {
  const deliveries = (...each: readonly string[]) =>
    `${least}deliveries:\n${each.map((one) => `  - ${one}\n`).join('')}`;

  it('are declared with the headers that name the original', () => {
    const text = deliveries(
      '{ topic: orders.DLT, of: orders, headers: connect }',
      '{ topic: orders-retry, of: orders, headers: { topic: t, partition: p, offset: o } }',
    );
    expect(parseIncident(text, '/in/x.incident.yaml').deliveries).toEqual([
      {
        topic: 'orders.DLT',
        of: 'orders',
        headers: [
          {
            topic: '__connect.errors.topic',
            partition: '__connect.errors.partition',
            offset: '__connect.errors.offset',
          },
        ],
      },
      { topic: 'orders-retry', of: 'orders', headers: [{ topic: 't', partition: 'p', offset: 'o' }] },
    ]);
  });

  it('are part of what the incident means', () => {
    const digests = [
      least,
      deliveries('{ topic: orders.DLT, of: orders, headers: spring }'),
      deliveries('{ topic: orders.DLT, of: orders, headers: connect }'),
      deliveries('{ topic: orders.DLT, of: payments, headers: spring }'),
    ].map((text) => parseIncident(text, '/in/x.incident.yaml').digest);
    expect(new Set(digests).size).toBe(4);
  });

  it.each([
    ['{ topic: a, of: b, headers: kafka }', /headers" must be spring, connect, or \{topic, partition, offset\}/],
    ['{ topic: a, of: b }', /headers" /],
    ['{ topic: a, of: b, headers: spring, from: c }', /unknown key "from"/],
    ['{ topic: a, of: b, headers: { topic: t, partition: p } }', /headers/],
    ['{ topic: a, of: a, headers: spring }', /a holds deliveries itself/],
  ])('are refused as %s', (declaration, problem) => {
    expect(problemsOf(deliveries(declaration))).toMatch(problem);
  });

  it('are refused twice, or as originals of others', () => {
    const first = '{ topic: a, of: b, headers: spring }';
    expect(problemsOf(deliveries(first, first))).toMatch(/a is declared before/);
    expect(problemsOf(deliveries(first, '{ topic: c, of: a, headers: spring }'))).toMatch(/a holds deliveries itself/);
  });
});

describe('records of other systems', () => {
  const least = (more: string) => `
format_version: 1
name: x
worker: ./worker.ts
log: { ndjson: events.ndjson }
records:
  - { name: bank, csv: bank.csv, ${more} }
`;

  it('are declared in a few words', () => {
    const { records } = parseIncident(
      least(`mapping: { id: ref, amount: { column: sum, decimal: comma }, reversal: { column: kind, is: S } },
      stands_for: { types: payment, match: { id: value.ref, amount: { path: value.cents, factor: 0.01 } } }, complete_for: [payment]`),
      '/in/x.incident.yaml',
    );
    expect(records).toEqual([
      {
        name: 'bank',
        rows: { kind: 'file', file: '/in/bank.csv', format: 'csv' },
        mapping: {
          id: 'ref',
          amount: { column: 'sum', decimal: 'comma' },
          reversal: { column: 'kind', is: ['S'] },
        },
        rule: {
          topic: null,
          types: ['payment'],
          id: 'value.ref',
          key: null,
          time: 'time',
          within: null,
          amount: { path: 'value.cents', factor: '0.01' },
          typed: false,
          reversible: true,
          from: null,
          until: null,
        },
        completeFor: ['payment'],
        event: null,
      },
    ]);
  });

  const claim =
    'mapping: { key: Konto, time: t, amount: sum }, stands_for: { types: payment, match: { key: value.account, within: 1h, amount: { path: value.cents, factor: 100 } } }';
  it('may say how a row becomes the event that it stands for', () => {
    const { records } = parseIncident(
      least(`${claim}, use: events, event: { topic: payments, key: Konto, headers: { column: h, optional: true },
      value: { columns: { type: { constant: payment }, account: Konto, cents: { mapped: amount }, at: { mapped: time, as: text }, n: { column: n, type: integer } } } }`),
      '/in/x.incident.yaml',
    );
    expect(records[0]?.event).toEqual({
      topic: 'payments',
      key: 'Konto',
      headers: { column: 'h', optional: true },
      value: {
        form: 'fields',
        fields: [
          { field: 'type', constant: 'payment' },
          { field: 'account', column: 'Konto' },
          { field: 'cents', mapped: 'amount', as: 'number', factor: '100' },
          { field: 'at', mapped: 'time', as: 'text' },
          { field: 'n', column: 'n', type: 'integer' },
        ],
      },
    });
    const whole = parseIncident(least(`${claim}, use: events, event: { topic: p, drop: [x], numbers: text }`), '/in/x');
    expect(whole.records[0]?.event).toEqual({
      topic: 'p',
      key: null,
      value: { form: 'row', types: {}, drop: ['x'], numbers: 'text' },
      numbers: 'text',
    });
  });

  it.each([
    [`${claim}, use: events`, /needs "event"/],
    [`${claim}, use: rows`, /must be events, facts or totals/],
    [`${claim}, event: { topic: t }`, /needs "use: events"/],
    [`${claim}, use: events, event: {}`, /needs a topic/],
    [`${claim}, use: events, event: { topic: t, value: { columns: { a: { mapped: id } } } }`, /needs "mapping.id"/],
    [
      'mapping: { id: a, time: t }, stands_for: { topic: t, match: { id: key } }, use: events, event: {}',
      /needs "within": how much/,
    ],
    [
      'mapping: { id: a, key: b }, stands_for: { topic: t, match: { id: key, key: key } }, use: events, event: {}',
      /needs "mapping.time"/,
    ],
    [
      `mapping: { key: b, time: t }, stands_for: { topic: t, match: { key: key, within: 1h } }, use: events, event: { topic: u }`,
      /is not that of stands_for/,
    ],
  ])('are refused as events where they say %s', (more, problem) => {
    expect(problemsOf(least(more))).toMatch(problem);
  });

  it('are refused where two of them would make the same event', () => {
    const second = (more: string) =>
      `${least(`${claim}, use: events, event: { topic: t }, until: 2026-01-31T23:59:59Z`)}  - { name: other, csv: o.csv, ${claim}, use: events, event: { topic: t }, ${more} }\n`;
    expect(problemsOf(second(''))).toMatch(/makes events that bank makes too/);
    expect(problemsOf(second('from: 2026-01-15'))).toMatch(/makes events that bank makes too/);
    expect(problemsOf(second('from: 2026-02-01T01:00:00Z'))).toMatch(/makes events that bank makes too/);
    expect(parseIncident(second('from: 2026-02-01T03:00:00Z'), '/in/x').records).toHaveLength(2);
  });

  const saldo = 'mapping: { key: Konto, time: t, amount: { column: saldo, decimal: comma } }';
  it('may say what the states of keys were, all of them or fields', () => {
    const source = { name: 'bank', rows: { kind: 'file', file: '/in/bank.csv', format: 'csv' } };
    const mapping = { key: 'Konto', time: { column: 't' }, amount: { column: 'saldo', decimal: 'comma' } };
    const whole = parseIncident(
      least(
        `${saldo}, use: facts, fact: { state: { columns: { cents: { mapped: amount }, n: { column: n, type: integer } } }, factor: 100, within: { later: 1h } }`,
      ),
      '/in/x',
    );
    expect(whole.records).toEqual([]);
    expect(whole.facts).toEqual([
      {
        ...source,
        mapping,
        template: {
          topic: '',
          key: null,
          value: {
            form: 'fields',
            fields: [
              { field: 'cents', mapped: 'amount', as: 'number', factor: '100' },
              { field: 'n', column: 'n', type: 'integer' },
            ],
          },
        },
        fields: null,
        within: { earlier: 0, later: 3_600_000 },
      },
    ]);
    const part = parseIncident(
      least(`${saldo}, use: facts, fact: { fields: { held.cents: { mapped: amount } }, within: 1m }`),
      '/in/x',
    );
    expect(part.facts).toMatchObject([{ fields: [['held', 'cents']], within: { earlier: 60_000, later: 60_000 } }]);
    expect(part.digest).not.toBe(whole.digest);
  });

  it('may be control totals, which change no result', () => {
    const total = (value: string) =>
      parseIncident(
        least(`${saldo}, use: totals, total: { measure: ${value}, factor: 100, groups: { all: [a, b] } }`),
        '/in/x',
      );
    expect(total('cents').totalRows).toMatchObject([
      { name: 'bank', measure: 'cents', factor: '100', within: 0, of: 'bank', groups: { all: ['a', 'b'] } },
    ]);
    expect(total('cents').records).toEqual([]);
    expect(total('cents').digest).toBe(total('euros').digest);
  });

  it.each([
    [`${saldo}, use: facts`, /needs "fact"/],
    [`${saldo}, use: facts, fact: { state: row }`, /"records.0.fact.within"/],
    [`${saldo}, use: facts, fact: { within: 1m }`, /needs either "state", all of it, or "fields"/],
    [`${saldo}, use: facts, fact: { state: row, fields: { a: b }, within: 1m }`, /needs either "state"/],
    [`${saldo}, use: facts, fact: { fields: { a..b: c }, within: 1m }`, /names with dots between them/],
    [`${saldo}, use: facts, fact: { fields: { a: { mapped: id } }, within: 1m }`, /needs "mapping.id"/],
    ['mapping: { key: a }, use: facts, fact: { state: row, within: 1m }', /needs "mapping.time"/],
    ['mapping: { time: a }, use: facts, fact: { state: row, within: 1m }', /needs "mapping.key"/],
    [
      'mapping: { key: { column: a, optional: true }, time: t }, use: facts, fact: { state: row, within: 1m }',
      /is needed in every row/,
    ],
    [`${claim}, use: facts, fact: { state: row, within: 1m }`, /"records.0.stands_for" belongs to rows that stand for/],
    [`${saldo}, use: facts, fact: { state: row, within: 1m }, from: 2026-01-01`, /"records.0.from" belongs to rows/],
    [`${saldo}, use: facts, fact: { state: row, within: 1m }, total: { measure: m }`, /needs "use: totals"/],
    [`${saldo}, use: totals`, /needs "total"/],
    ['mapping: { time: a }, use: totals, total: { measure: m }', /needs "mapping.amount"/],
    [`${saldo}, use: totals, total: { measure: m, factor: 0 }`, /other than 0/],
    [`${claim}, fact: { state: row, within: 1m }`, /needs "use: facts"/],
    [`${claim}, total: { measure: m }`, /needs "use: totals"/],
  ])('are refused as facts and totals where they say %s', (more, problem) => {
    expect(problemsOf(least(more))).toMatch(problem);
  });

  it('are part of what the incident means; an incident without them is what it was', () => {
    const digest = (by: string) =>
      parseIncident(least(`mapping: { id: ref }, stands_for: { match: { id: ${by} } }`), '/in/x.yaml').digest;
    expect(digest('value.a')).not.toBe(digest('value.b'));
  });

  it.each([
    ['mapping: { id: ref }', /needs "stands_for"|stands_for/],
    ['mapping: { key: a, time: t }, stands_for: { match: { key: key } }', /needs "id", or "within"/],
    ['mapping: { time: t }, stands_for: { match: { within: 1h } }', /needs "key" or "amount" too/],
    ['mapping: { key: a }, stands_for: { match: { key: key, within: 1h } }', /needs "mapping.time"/],
    ['mapping: { id: a }, stands_for: { match: { id: payment_id } }', /must be key, time, header.NAME, or value.PATH/],
    ['mapping: { key: a, id: b }, stands_for: { match: { id: key } }', /is compared with nothing/],
    ['mapping: { id: a, sum: b }, stands_for: { match: { id: key } }', /sum/],
    ['mapping: { id: a, reversal: negative }, stands_for: { match: { id: key } }', /negative needs "mapping.amount"/],
    [
      'mapping: { id: a, time: { column: t, form: DD.MM.YY } }, stands_for: { match: { id: key } }',
      /DD\.MM\.YYYY HH:mm/,
    ],
    ['mapping: { id: a }, stands_for: { types: x, match: { id: key } }, complete_for: y', /y, which is not under/],
    ['mapping: { id: a }, stands_for: { match: { id: key, amount: { path: value.c, factor: 0 } } }', /other than 0/],
    ['mapping: { id: a }, stands_for: { match: { id: key } }, from: 2026-02-01, until: 2026-01-01', /before "from"/],
    ['ndjson: b, mapping: { id: a }, stands_for: { match: { id: key } }', /stands beside/],
  ])('are refused where they say %s', (more, problem) => {
    expect(problemsOf(least(more))).toMatch(problem);
  });
});

describe('parseIncident', () => {
  it('fills in the defaults and resolves paths against the file', () => {
    const incident = parseIncident(least, '/in/x.incident.yaml');
    expect(incident).toMatchObject({
      name: 'flights-2001',
      worker: { kind: 'module', url: 'file:///in/worker.ts' },
      log: {
        archives: [],
        ndjson: ['/in/events.ndjson'],
        mapping: { form: 'envelope', source: 'flights-2001' },
        topics: null,
      },
      order: { by: 'time', maxStepMs: 86_400_000 },
      onset: null,
      poison: 'stop',
      acceptGaps: false,
      store: '/in/.eventmend',
      tuning: {},
    });
  });

  it('understands everything that may be said', () => {
    const incident = parseIncident(
      `
format_version: 1
name: flights-2001
worker: ../worker.ts
log:
  archive: [a.archive, b.archive]
  ndjson: extra.ndjson
  mapping: { topic: flights, partition: lane, offset: assigned, key: { column: k, optional: true }, time: { column: at, unit: seconds }, row_number: row }
  topics: [flights]
order: { by: field, field: value.row }
onset: 2001-03-01T10:00:00Z
end: 2001-03-02 10:00
snapshots: ./snapshots
trusted: [s-02, s-01]
live: { state: live/state.ndjson, outputs: live/outputs.ndjson }
references: { rates: ./rates.ndjson }
deploys: [{ at: 2001-02-01T10:00:00Z, name: v7 }]
poison: quarantine-key
accept: { gaps: true }
store: ../store
tuning: { threads: 2, batch_events: 10, batch_ms: 5, cached_states: 7, event_timeout_ms: 9 }
`,
      '/in/sub/x.yaml',
    );
    expect(incident).toMatchObject({
      worker: { kind: 'module', url: 'file:///in/worker.ts' },
      log: {
        archives: ['/in/sub/a.archive', '/in/sub/b.archive'],
        mapping: {
          source: 'flights-2001',
          topic: 'flights',
          partition: { column: 'lane' },
          offset: 'assigned',
          key: { column: 'k', optional: true },
          time: { column: 'at', unit: 'seconds' },
          rowNumber: 'row',
        },
        topics: ['flights'],
      },
      order: { by: 'field', path: 'value.row' },
      onset: Date.UTC(2001, 2, 1, 10),
      end: Date.UTC(2001, 2, 2, 10),
      snapshots: [{ kind: 'snapshot-files', path: '/in/sub/snapshots' }],
      deploys: [{ at: Date.UTC(2001, 1, 1, 10), name: 'v7' }],
      references: { rates: '/in/sub/rates.ndjson' },
      poison: 'quarantine-key',
      acceptGaps: true,
      store: '/in/store',
      tuning: { threads: 2, batchEvents: 10, batchMs: 5, cachedStates: 7, eventTimeoutMs: 9 },
    });
  });

  it('takes the digest of the meaning, not of the text', () => {
    const digest = (text: string, file = '/in/x.yaml') => parseIncident(text, file).digest;
    const reordered = `# a comment\nlog: { ndjson: "./events.ndjson" }\nworker: worker.ts\nname: flights-2001\nformat_version: 1\npoison: stop\norder: { by: time, max_step: 1d }\nstore: elsewhere\ntuning: { threads: 1 }\n`;
    expect(digest(reordered)).toBe(digest(least));
    expect(digest(least, '/elsewhere/y.yaml')).toBe(digest(least));
    expect(digest(least + 'deploys: [{ at: 2001-03-01T00:00:00Z, name: v7 }]\n')).toBe(digest(least));
    expect(digest(least + 'onset: 2001-03-01\n')).not.toBe(digest(least));
    expect(digest(least + 'accept: { gaps: true }\n')).not.toBe(digest(least));
  });

  it('takes from a cluster what may change a result, and not how it is reached', () => {
    const withKafka = (kafka: string) => least.replace('log: { ndjson: [events.ndjson] }', `log: { kafka: ${kafka} }`);
    const digest = (kafka: string) => parseIncident(withKafka(kafka), '/in/x.yaml').digest;
    const plain = digest('{ brokers: a:9092, topics: [orders] }');
    const secured =
      '{ brokers: [b:9093], topics: [orders], tls: { ca: ca.pem }, max_rate: 5MB/s, sasl: { mechanism: plain, username: u, password: { env: P } } }';
    expect(digest(secured)).toBe(plain);
    expect(digest('{ brokers: a:9092, topics: [orders, more] }')).not.toBe(plain);
    expect(digest('{ brokers: a:9092, topics: [orders], isolation: uncommitted }')).not.toBe(plain);
    expect(parseIncident(withKafka(secured), '/in/x.yaml').log.kafka).toEqual({
      connection: {
        brokers: ['b:9093'],
        tls: { ca: '/in/ca.pem' },
        sasl: { mechanism: 'plain', username: 'u', password: { env: 'P' } },
      },
      topics: ['orders'],
      rate: { bytesPerSecond: 5_000_000 },
    });
    expect(problemsOf(withKafka('{ brokers: a:9092 }'))).toContain('needs "topics"');
    expect(
      problemsOf(
        withKafka('{ brokers: a:9092, topics: [o], sasl: { mechanism: plain, username: u, password: secret } }'),
      ),
    ).toContain('a secret itself does not belong here');
  });

  it('names the line and the nearest right name of an unknown key', () => {
    expect(problemsOf(least + 'snapshot: ./s\n')).toBe('line 6: unknown key "snapshot": did you mean "snapshots"?');
    expect(problemsOf(least + 'tuning:\n  threads: 1\n  batchEvents: 3\n')).toBe(
      'line 8: unknown key "batchEvents" in "tuning": did you mean "batch_events"?',
    );
    expect(problemsOf(least + 'archive: x\n')).toBe('line 6: unknown key "archive": it belongs under "log"');
    expect(problemsOf(least + '__proto__: { a: 1 }\n')).toMatch(/line 6: unknown key "__proto__"/);
  });

  it.each([
    [
      'format_version: 2',
      least.replace('format_version: 1', 'format_version: 2'),
      'line 2: "format_version" must be 1',
    ],
    ['no worker', least.replace('worker: ./worker.ts\n', ''), 'line 1: "worker" is missing'],
    [
      'no log at all',
      least.replace('{ ndjson: [events.ndjson] }', '{ topics: [a] }'),
      'line 5: "log" needs an "archive", "kafka", or "ndjson" files; or several of them',
    ],
    ['a bad moment', least + 'onset: yesterday\n', 'line 6: "onset" must be a moment such as 2026-11-19T09:12:00Z'],
    ['30 February', least + 'onset: 2001-02-30\n', 'line 6: "onset" must be a moment such as 2026-11-19T09:12:00Z'],
    ['an end before the onset', least + 'onset: 2001-02-02\nend: 2001-02-01\n', 'line 7: "end" is before the onset'],
    [
      'a field without its path',
      least + 'order: { by: field }\n',
      'line 6: "order.by" field also needs "field": the path of the ordering number',
    ],
    [
      'a misplaced step',
      least + 'order: { by: field, field: a, max_step: 1h }\n',
      'line 6: "order.max_step" belongs to "by: time"',
    ],
    ['a key twice', least + 'name: again\n', 'line 6: Map keys must be unique'],
    [
      'a gap that ends before it begins',
      least.replace('ndjson: [events.ndjson]', 'ndjson: [events.ndjson], gaps: [{ offsets: 19-17, reason: r }]'),
      'line 5: "log.gaps.0.offsets" 19-17 ends before it begins: name the first offset, then the last, such as 17-19',
    ],
    ['a wrong policy', least + 'poison: skip\n', 'line 6: "poison" must be stop, quarantine-event or quarantine-key'],
    ['an empty file', '', 'line 1: the file must be keys with values, such as "format_version: 1"'],
    ['threads below one', least + 'tuning: { threads: 0 }\n', 'line 6: "tuning.threads" must be at least 1'],
  ])('refuses %s', (_, text, problem) => {
    expect(problemsOf(text)).toBe(problem);
  });

  it('refuses an alias bomb', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'.split('').map(
        (name, i) =>
          `${name}: &${name} [${Array(9)
            .fill(`*${'abcdefg'[i] ?? ''}`)
            .join(', ')}]`,
      ),
    ];
    expect(problemsOf(bomb.join('\n'))).toMatch(/aliases/);
  });
});
