import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

/** Lays out the files that the guide shows; gives the commands that it runs and the output that it promises. */
function layOut(): { readonly commands: readonly string[]; readonly promised: string } {
  const guide = readFileSync(new URL('../../../docs/resources.md', import.meta.url), 'utf8');
  const files = [...guide.matchAll(/<!-- file: (\S+) -->\s+```\w+\n(.*?)```/gs)];
  expect(files.length).toBe(5);
  for (const [, name = '', content = ''] of files) writeFileSync(join(folder, name), content);
  const commands = /```sh\n(.*?)```/s.exec(guide)?.[1]?.trim().split('\n') ?? [];
  return { commands, promised: /```\n(live\.state.*?)```/s.exec(guide)?.[1]?.trimEnd() ?? 'nothing' };
}

it('the example of docs/resources.md runs and shows what it says', async () => {
  const { commands, promised } = layOut();
  expect(commands.map((command) => command.split(' ')[1])).toEqual(['doctor', 'recover']);
  const [doctor, recover] = await commands.reduce<Promise<readonly string[]>>(async (before, command) => {
    const outs = await before;
    const { code, out, err } = await runEventmend(folder, command.split(' ').slice(1));
    expect(code, err).toBe(0);
    return [...outs, out];
  }, Promise.resolve([]));
  const trimmed = (text: string) => text.replace(/ +$/gm, '');
  expect(trimmed(doctor ?? '')).toContain(trimmed(promised));
  expect(doctor).toContain('Everything that the incident names can be used.');
  expect(recover).toMatch(/1 of 2 keys differs from live; first: 007 is \$\.open 750, live says\s+\$\.open 500/);
});
