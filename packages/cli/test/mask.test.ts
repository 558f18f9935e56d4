import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KnownKeys } from '../src/report/mask/known-keys.js';
import { Mask } from '../src/report/mask/mask.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const knowing = (...keys: string[]): KnownKeys => {
  const known = new KnownKeys();
  for (const key of keys) known.add(key);
  return known;
};

describe('what a mask hides of values', () => {
  it('is keys inside of them, as the numbers that they have everywhere, and no other text', () => {
    const mask = new Mask(['key'], knowing('ada', 'bob', '4711'));
    expect(mask.key('bob')).toBe('key 1');
    expect(mask.value({ to: 'bob', owes: { ada: [4711, 12, 'carl'] } })).toEqual({
      to: 'key 1',
      owes: { 'key 2': ['key 3', 12, 'carl'] },
    });
    expect(mask.path('$.owes.ada[0]["carl, a"]')).toBe('$.owes["key 2"][0]["carl, a"]');
    expect(mask.property('value.to = "bob"')).toBe('value.to = "key 1"');
    expect(new Mask(['$.x'], knowing('ada')).value({ to: 'ada' })).toEqual({ to: 'ada' });
  });

  it('is a value also where a text holds it as JSON writes it', () => {
    const mask = new Mask(['$.holder']);
    const holder = 'Frau "Annie" Muster\\X';
    mask.value({ holder });
    for (const text of [holder, JSON.stringify({ note: holder }), JSON.stringify(JSON.stringify([holder]))])
      expect(mask.everywhere(`paid by ${text}`)).not.toContain('Annie');
  });

  it('is the names of an object of which all members are hidden', () => {
    const mask = new Mask(['$.cards[*]']);
    const shown = mask.value({ cards: { '4111 1111': { cents: 5 }, '4222 2222': 7 }, kept: 1 });
    expect(shown).toEqual({ cards: { '••• 1': '•••', '••• 2': '•••' }, kept: 1 });
    expect(mask.path('$.cards["4111 1111"].cents')).toBe('$.cards.•••.•••');
    expect(mask.everywhere('paid by 4222 2222')).toBe('paid by •••');
    // A single field that is hidden in each of them hides no names.
    expect(new Mask(['$.cards[*].pin']).value({ cards: { a: { pin: 1, n: 2 } } })).toEqual({
      cards: { a: { pin: '•••', n: 2 } },
    });
  });

  it('is names that are values, wherever they stand, where the object around them is hidden', () => {
    const mask = new Mask(['$.cards']);
    expect(mask.value({ cards: { '4111-1111': 1, holder: 2 } })).toEqual({ cards: '•••' });
    expect(mask.everywhere('4111-1111 of the holder')).toBe('••• of the holder');
  });

  it('is a field whose name has to be quoted', () => {
    expect(new Mask(['$["a \\"b\\""]']).value({ 'a "b"': 1 })).toEqual({ 'a "b"': '•••' });
  });

  it('is every key of a run, wherever it stands in whatever value (property)', () => {
    const key = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), fc.jsonValue({ maxDepth: 4 }), (keys, value) => {
        const mask = new Mask(['key'], knowing(...keys));
        const planted = { value, ...Object.fromEntries(keys.map((name) => [name, [name, { [name]: name }]])) };
        const left: string[] = [];
        const walk = (each: unknown): void => {
          if (typeof each === 'string') left.push(each);
          else if (typeof each === 'object' && each !== null)
            for (const [name, member] of Object.entries(each)) {
              if (!Array.isArray(each)) left.push(name);
              walk(member);
            }
        };
        walk(mask.value(planted));
        // A number that stands for a key may be the text of another.
        const names = keys.filter((name) => !/^key \d+$/.test(name));
        expect(left.filter((text) => names.includes(text))).toEqual([]);
      }),
      { seed: 20261130, numRuns: 300 },
    );
  });
});

describe('keys that are hidden', () => {
  it('stand in no value of a report or of the file of all keys, though the report does not list them', async () => {
    let folder = '';
    const tidy = temporaryFolder((path) => (folder = path));
    const keys = 700;
    const name = (n: number): string => `account-${n % keys}-x`;
    try {
      const write = (file: string, text: string): void => {
        writeFileSync(join(folder, file), text);
      };
      const events = Array.from({ length: keys }, (_, n) => ({
        ...{ topic: 't', partition: 0, offset: String(n), timestamp: 1e12 + n, key: name(n) },
        value: { to: name(n + 350), paid: { [name(n + 1)]: n } },
      }));
      write('events.ndjson', events.map((of) => JSON.stringify(of)).join('\n'));
      write(
        'worker.mjs',
        `import { defineWorker } from '@eventmend/core';
export default defineWorker({ name: 'w', version: '1', key: ({ key }) => key, initial: () => ({}), evolve: (_, { value }) => value });`,
      );
      write(
        'a.incident.yaml',
        'format_version: 1\nname: a\nworker: ./worker.mjs\nlog: { ndjson: events.ndjson }\nreport: { mask: [key] }\n',
      );
      const recovered = await runEventmend(folder, ['recover', '--yes', '--json']);
      const { run } = JSON.parse(recovered.out) as { run: { runId: string } };
      const made = await runEventmend(folder, ['report', run.runId, '--out', 'r.json', '--keys', 'keys.csv']);
      expect([made.code, made.err]).toEqual([0, '']);
      const report = readFileSync(join(folder, 'r.json'), 'utf8');
      expect(report).toMatch(/\{\\"to\\":\\"key \d+\\",\\"paid\\":\{\\"key \d+\\":\d+\}\}/);
      for (const text of [report, readFileSync(join(folder, 'keys.csv'), 'utf8')]) {
        expect(text).not.toMatch(/account-\d/);
      }
      expect((await runEventmend(folder, ['verify', '--report', 'r.json'])).code).toBe(0);
    } finally {
      tidy();
    }
  });
});
