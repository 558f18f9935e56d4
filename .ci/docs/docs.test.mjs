import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkErrorCodes } from './check-error-codes.mjs';
import { checkLinks } from './check-links.mjs';
import { readMarkdown } from './read-markdown.mjs';

const here = import.meta.filename;
const documentOf = (text, path = here) => ({ path, name: 'it.md', ...readMarkdown(text) });

test('blocks: marked, to a file, plain', () => {
  const text = [
    '# Title',
    '<!-- runs -->',
    '```ts',
    'const a = 1;',
    '```',
    '<!-- file: worker.ts -->',
    '',
    '````js',
    '```',
    '````',
    'prose',
    '```sh',
    'ls',
    '```',
  ].join('\n');
  assert.deepEqual(
    readMarkdown(text).blocks.map(({ language, runs, file, code }) => [language, runs, file, code]),
    [
      ['ts', true, undefined, 'const a = 1;\n'],
      ['js', false, 'worker.ts', '```\n'],
      ['sh', false, undefined, 'ls\n'],
    ],
  );
});

test('a mark does not reach past prose', () => {
  assert.equal(readMarkdown('<!-- runs -->\nprose\n```ts\n```').blocks[0].runs, false);
});

test('links: files, anchors, the web', () => {
  const good = documentOf('# A heading: `with` code\n[a](docs.test.mjs) [b](#a-heading-with-code) [c](https://x.y/z)');
  assert.deepEqual(checkLinks([good]), []);
  assert.match(checkLinks([documentOf('[a](missing.md)')])[0], /leads nowhere/);
  assert.match(checkLinks([documentOf('[a](#missing)')])[0], /no heading/);
  assert.match(checkLinks([documentOf('text\n\n[a]: ./missing.md')])[0], /it\.md:3: .*leads nowhere/);
  assert.deepEqual(checkLinks([documentOf('`[a](missing.md)`\n```\n[b](missing.md)\n```')]), []);
});

test('error codes: complete, no stranger, name, meaning and exit code', () => {
  const catalogue = { 'invalid-argument': { number: 'EM1001', exit: 2, meaning: 'not understood' } };
  const problems = (text) => checkErrorCodes(text, documentOf(text), catalogue);
  assert.deepEqual(problems('## EM1001\n\nnot understood (exit 2), `invalid-argument`\n'), []);
  assert.match(problems('# Errors\n')[0], /no heading for EM1001/);
  assert.match(
    problems('## EM1001\n\nnot understood, exit 2, `invalid-argument`\n\n## EM9999\n')[0],
    /EM9999 is no code/,
  );
  assert.match(
    problems('## EM1001\n\nsomething else, exit 2, `invalid-argument`\n')[0],
    /does not say 'not understood'/,
  );
  assert.match(problems('## EM1001\n\nnot understood, exit 20, `invalid-argument`\n')[0], /does not say 'exit 2'/);
  assert.match(problems('## EM1001\n\nnot understood, exit 2\n')[0], /does not say '`invalid-argument`'/);
  assert.match(problems('## Code EM1001\n\nnot understood, exit 2, `invalid-argument`\n')[0], /no anchor/);
});
