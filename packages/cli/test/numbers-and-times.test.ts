import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runEventmend } from './run-eventmend.js';
import type { Ended } from './spawn-eventmend.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventmend-numbers-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, ...lines: readonly string[]): void => {
  writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
};

/** Runs a command; what it prints is given without its line breaks. */
async function run(...words: readonly string[]): Promise<Ended> {
  const { out, err, ...ended } = await runEventmend(folder, words);
  return { ...ended, out: out.replace(/\s+/g, ' '), err: err.replace(/\s+/g, ' ') };
}

const worker = (parts: string): string =>
  `import { defineWorker } from '@eventmend/core';\nexport default defineWorker<any, any>({ name: 'w', version: '1', ${parts} });`;

/** The states of the only run. */
async function states(): Promise<Record<string, { readonly state: unknown; readonly fidelity: string }>> {
  const runs = join(folder, '.eventmend', 'runs');
  const [id = ''] = existsSync(runs) ? readdirSync(runs) : [];
  const file = join(folder, 'states.ndjson');
  rmSync(file, { force: true });
  await run('export', id, '--what', 'state', '--out', file);
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; state: unknown; fidelity: string });
  return Object.fromEntries(rows.map(({ key, ...row }) => [key, row]));
}

describe('numbers that a double cannot hold', () => {
  const ids = ['1669859068457630240', '1669859068457630241', '1669859068457630242'];
  const counting = 'initial: () => ({ cents: 0 }), evolve: (s, e) => ({ cents: s.cents + e.value.cents })';

  const incident = (mapping: string, more = ''): void => {
    write(
      'i.incident.yaml',
      'format_version: 1',
      'name: i',
      'worker: ./w.ts',
      `log: { ndjson: ev.ndjson, mapping: { topic: t, time: at${mapping} } }${more}`,
    );
  };

  beforeEach(() => {
    write(
      'ev.ndjson',
      ...ids.map((id, n) => `{"id":${id},"account":${id},"cents":${n === 0 ? 100 : 1},"at":"2026-01-01T00:00:0${n}Z"}`),
    );
  });

  it('are an error with event and path, and texts where the worker says so', async () => {
    write('w.ts', worker(`key: (e) => String(e.value.account), ${counting}`));
    incident('');
    const { code, err } = await run('recover', 'i.incident.yaml', '--yes');
    expect(code).toBe(1);
    expect(err).toContain('EM3017');
    expect(err).toContain('t[0]@0');
    expect(err).toContain('$.id');
    write('w.ts', worker(`numbers: 'text', key: (e) => String(e.value.account), ${counting}`));
    rmSync(join(folder, '.eventmend'), { recursive: true });
    expect((await run('recover', 'i.incident.yaml', '--yes')).code).toBe(0);
    expect(Object.entries(await states()).map(([key, { state }]) => [key, state])).toEqual([
      [ids[0], { cents: 100 }],
      [ids[1], { cents: 1 }],
      [ids[2], { cents: 1 }],
    ]);
  });

  it('park their events under a quarantine policy, and nothing else', async () => {
    write('w.ts', worker(`key: (e) => String(e.value.account), ${counting}`));
    write(
      'ev.ndjson',
      `{"id":1,"account":"a","cents":5,"at":"2026-01-01T00:00:00Z"}`,
      `{"id":${ids[0]},"account":"b","cents":7,"at":"2026-01-01T00:00:01Z"}`,
    );
    incident('', '\npoison: quarantine-event');
    const { err, out } = await run('recover', 'i.incident.yaml', '--yes');
    expect(out + err).toContain('1 quarantined');
    expect((await states())['a']?.state).toEqual({ cents: 5 });
  });

  it('name the column of a key or an id, and are all told apart as texts', async () => {
    write(
      'w.ts',
      worker(
        `key: () => 'all', deduplicate: { id: (e) => e.headers.find((h) => h[0] === 'id')?.[1] ?? null, window: 100 }, ${counting}`,
      ),
    );
    incident(', id: id');
    const { code, err } = await run('recover', 'i.incident.yaml', '--yes');
    expect(code).not.toBe(0);
    expect(err).toContain('column "id" holds a number that a double cannot hold');
    incident(', id: id, numbers: text');
    rmSync(join(folder, '.eventmend'), { recursive: true, force: true });
    expect((await run('recover', 'i.incident.yaml', '--yes')).code).toBe(0);
    expect((await states())['all']?.state).toEqual({ cents: 102 });
  });

  it('are kept by an archive as they stood', async () => {
    const importInto = (archive: string, ...more: readonly string[]) =>
      run(
        'archive',
        'import',
        'ev.ndjson',
        '--into',
        archive,
        '--topic',
        't',
        '--key',
        'account',
        '--time',
        'at',
        ...more,
      );
    // Where no row at all can be read, the mapping is at fault, and the error says which word mends it.
    const refused = await importInto('refused.archive');
    expect(refused.code).toBe(1);
    expect(refused.err.replace(/\s+/g, ' ')).toMatch(
      /column "account" holds a number that a double cannot hold .*none of 3 rows can be read .*numbers: text/,
    );
    expect((await importInto('a.archive', '--numbers', 'text')).code).toBe(0);
    await run('archive', 'export', 'a.archive', '--out', 'a.out');
    const out = readFileSync(join(folder, 'a.out'), 'utf8');
    for (const id of ids) {
      expect(out).toContain(`"key":"${id}"`);
      expect(out).toContain(`"account":${id},`);
    }
  });
});

describe('an explicit order', () => {
  const recover = async (...seqs: readonly string[]): Promise<unknown> => {
    write(
      'w.ts',
      worker(
        `key: () => 'all', numbers: 'text', initial: () => ({ v: [] }), evolve: (s, e) => ({ v: [...s.v, e.value.id] })`,
      ),
    );
    const [a, b, c, d] = seqs;
    write(
      't.ndjson',
      `{"p":0,"id":"a","seq":${a},"at":"2026-01-01T00:00:00Z"}`,
      `{"p":0,"id":"c","seq":${c},"at":"2026-01-01T00:00:02Z"}`,
      `{"p":1,"id":"b","seq":${b},"at":"2026-01-01T00:00:02Z"}`,
      `{"p":1,"id":"d","seq":${d},"at":"2026-01-01T00:00:03Z"}`,
    );
    write(
      't.incident.yaml',
      'format_version: 1',
      'name: f',
      'worker: ./w.ts',
      'log: { ndjson: t.ndjson, mapping: { topic: o, partition: p, time: at } }',
      'order: { by: field, field: seq }',
    );
    rmSync(join(folder, '.eventmend'), { recursive: true, force: true });
    const { code, err } = await run('recover', 't.incident.yaml', '--yes');
    if (code !== 0) return err;
    return ((await states())['all']?.state as { readonly v: unknown }).v;
  };

  it.each([
    ['numbers', ['1', '2', '3', '4']],
    [
      'integers of 64 bits',
      ['1669859068457630241', '1669859068457630242', '1669859068457630243', '1669859068457630244'],
    ],
    ['ULIDs', ['"01HZX1"', '"01HZX2"', '"01HZX3"', '"01HZX4"']],
    [
      'times',
      [
        '"2026-01-01T00:00:00.000000001Z"',
        '"2026-01-01T00:00:00.000000002Z"',
        '"2026-01-01T00:00:00.01Z"',
        '"2026-01-01T02:00:00+01:00"',
      ],
    ],
  ])(
    'of %s is kept',
    async (_, seqs) => {
      expect(await recover(...seqs)).toEqual(['a', 'b', 'c', 'd']);
    },
    600_000,
  );

  it.each([
    ['null', ['1', '2', 'null', '4'], 'o[0]@1 has null'],
    ['another type', ['1', '2', '[3]', '4'], 'o[0]@1 has a list'],
    ['texts of different lengths', ['"s-8"', '"s-9"', '"s-10"', '"s-11"'], 'different lengths'],
    ['numbers and texts', ['1', '2', '"x"', '4'], 'numbers there, others'],
  ])(
    'is refused for %s',
    async (_, seqs, words) => {
      const message = await recover(...seqs);
      expect(message).toContain('EM1011');
      expect(message).toContain(words);
    },
    600_000,
  );
});

describe('imported files', () => {
  const days = { '1': 'placed', '2': 'paid', '10': 'shipped' };
  const importing = (...files: readonly string[]): Promise<Ended> =>
    run('archive', 'import', ...files, '--into', 'd.archive', '--topic', 'o', '--key', 'k', '--time', 'at');

  beforeEach(() => {
    for (const [day, status] of Object.entries(days)) {
      write(`day-${day}.ndjson`, `{"k":"a","status":"${status}","at":"2026-01-${day.padStart(2, '0')}T00:00:00Z"}`);
    }
  });

  it('are numbered in the order in which people count', async () => {
    expect((await importing('day-1.ndjson', 'day-10.ndjson', 'day-2.ndjson')).code).toBe(0);
    await run('archive', 'export', 'd.archive', '--out', 'd.out');
    const found = readFileSync(join(folder, 'd.out'), 'utf8').match(/placed|paid|shipped/g);
    expect(found).toEqual(['placed', 'paid', 'shipped']);
  });

  it('are refused where times fall from one to the next, unless that is confirmed', async () => {
    write('a.ndjson', '{"k":"a","at":"2026-01-09T00:00:00Z"}');
    write('b.ndjson', '{"k":"a","at":"2026-01-03T00:00:00Z"}');
    const { code, err } = await importing('a.ndjson', 'b.ndjson');
    expect(code).toBe(1);
    expect(err).toContain('EM2013');
    expect((await importing('a.ndjson', 'b.ndjson', '--accept-falling-times')).code).toBe(0);
  });

  it('are refused where one begins with the events that an earlier one ends with, in one call and in two', async () => {
    const [first, both, last] = [10, 11, 12].map((day) => `{"k":"a","at":"2026-01-${day}T00:00:00Z"}`) as [
      string,
      string,
      string,
    ];
    write('a.ndjson', first, both);
    write('b.ndjson', both, last);
    for (const files of [['a.ndjson', 'b.ndjson'], ['b.ndjson'], ['b.ndjson', '--accept-falling-times']]) {
      const { code, err } = await importing(...files);
      expect(code).toBe(1);
      expect(err).toContain('EM2007');
      expect(err.replace(/\s+/g, ' ')).toContain(
        'the first event of o[0] in this file is in the archive (from offset 1 on)',
      );
    }
    expect((await run('archive', 'info', 'd.archive')).out).toContain('2 events');
    write('b.ndjson', last);
    expect((await importing('a.ndjson', 'b.ndjson', 'b.ndjson')).out).toContain('was there');
    expect((await run('archive', 'info', 'd.archive')).out).toContain('3 events');
  });

  it('are remarked where times fall inside of one', async () => {
    write('desc.ndjson', '{"k":"a","at":"2026-01-09T00:00:00Z"}', '{"k":"a","at":"2026-01-03T00:00:00Z"}');
    expect((await importing('desc.ndjson')).out).toContain('1 of 2 events have a time before an earlier one');
  });
});

describe('odd times', () => {
  it('are a remark of doctor with the right unit, and no crash', async () => {
    write('w.ts', worker(`key: (e) => e.value.k, initial: () => ({ n: 0 }), evolve: (s) => ({ n: s.n + 1 })`));
    write('t.ndjson', '{"k":"a","at":1767225600123456789}');
    write(
      'i.incident.yaml',
      'format_version: 1',
      'name: i',
      'worker: ./w.ts',
      'log: { ndjson: t.ndjson, mapping: { topic: t, time: { column: at, unit: milliseconds } } }',
    );
    const { code, out } = await run('doctor', 'i.incident.yaml');
    expect(code).toBe(0);
    expect(out).toContain('nanoseconds');
  });

  it('that nothing confirms make a verdict incomplete, and no key exact', async () => {
    write('w.ts', worker(`key: (e) => e.value.k, initial: () => ({ n: 0 }), evolve: (s) => ({ n: s.n + 1 })`));
    write('t.ndjson', '{"k":"a","at":"2026-01-01T00:00:00Z"}', '{"k":"a","at":"2026-01-08T00:00:00Z"}');
    write(
      's.ndjson',
      '{"format_version":1,"kind":"snapshot","id":"s","taken_at":"2026-01-01T12:00:00Z","position":[{"topic":"t","partition":0,"next":"1"}]}',
      '{"key":"a","state":{"n":1}}',
    );
    write(
      'i.incident.yaml',
      'format_version: 1',
      'name: i',
      'worker: ./w.ts',
      'log: { ndjson: t.ndjson, mapping: { topic: t, time: at } }',
      'snapshots: s.ndjson',
      'onset: 2026-01-02T00:00:00Z',
    );
    await run('recover', 'i.incident.yaml', '--yes');
    const [id = ''] = readdirSync(join(folder, '.eventmend', 'runs'));
    const { out } = await run('verify', id);
    expect(out).toContain('verdict: incomplete');
    expect(out).toContain('leap of time');
    expect((await states())['a']?.fidelity).toBe('unproven');
  });

  it('below a millisecond take part in the order, and a zone can be named', async () => {
    write(
      'w.ts',
      worker(`key: () => 'all', initial: () => ({ v: [] }), evolve: (s, e) => ({ v: [...s.v, e.value.id] })`),
    );
    write(
      't.ndjson',
      '{"p":0,"id":"b","at":"2026-07-01T02:00:00.000002"}',
      '{"p":1,"id":"a","at":"2026-07-01T00:00:00.000001Z"}',
      '{"p":1,"id":"c","at":"2026-07-01T02:00:00.000003"}',
    );
    write(
      'i.incident.yaml',
      'format_version: 1',
      'name: i',
      'worker: ./w.ts',
      'log: { ndjson: t.ndjson, mapping: { topic: t, partition: p, time: { column: at, zone: Europe/Berlin } } }',
    );
    expect((await run('recover', 'i.incident.yaml', '--yes')).code).toBe(0);
    expect((await states())['all']?.state).toEqual({ v: ['a', 'b', 'c'] });
  });
});
