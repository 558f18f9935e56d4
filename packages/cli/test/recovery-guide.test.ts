import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const guide = readFileSync(new URL('../../../docs/recovery-from-checkpoints.md', import.meta.url), 'utf8');

it('the example of docs/recovery-from-checkpoints.md recovers the balances, and says what is not known', async () => {
  const files = [...guide.matchAll(/<!-- file: (\S+) -->\s+```\w+\n(.*?)```/gs)];
  expect(files).toHaveLength(6);
  for (const [, name = '', content = ''] of files) writeFileSync(join(folder, name), content);
  const commands = /```sh\n(.*?)```/s.exec(guide)?.[1]?.trim().split('\n') ?? [];
  expect(commands.map((command) => command.split(' ')[1])).toEqual(['doctor', 'assess', 'recover', 'verify', 'export']);
  const outs: string[] = [];
  let runId = '';
  for (const command of commands) {
    const words = command.replaceAll('RUN', runId).split(' ').slice(1);
    const { code, out, err } = await runEventmend(folder, words);
    expect(code, `${command}\n${err}`).toBe(0);
    runId = /Recovered (r-[0-9a-f]{8})/.exec(out)?.[1] ?? runId;
    outs.push(out.replace(/\s+/g, ' '));
    // What is lost is lost, whatever stands in for it.
    if (words[0] === 'recover') {
      expect(err.replace(/\s+/g, ' ')).toContain('loss: not in any log: payments[0] 0-6 (7 offsets)');
      expect(err.replace(/\s+/g, ' ')).toMatch(
        /Expected to be wrong, of 3 keys that lost events may have named: \d if all were rebuilt/,
      );
    }
  }
  const [doctor = '', assess = '', recover = '', verify = ''] = outs;
  expect(doctor).toContain('bank.csv: agrees with 100 % of 2 known events; 1 stands there twice');
  expect(assess).toMatch(/log-replay no .* checkpoint yes/);
  expect(recover).toContain('4 rows of bank applied in the place of lost events');
  expect(recover).toContain('7 events unavailable');
  expect(verify).not.toContain('✗');
  expect(verify).toContain('total: cents is 10200, as the statement of 20 November says');
  const states = readFileSync(join(folder, 'balances.ndjson'), 'utf8').trim().split('\n');
  // By hand: A-1 100.00 - 40.00 - 20.00 + 5.00; A-2 50.00 + 25.00 - 30.00; A-3 0 - 10.00 (refused) + 12.00.
  expect(states.map((line) => JSON.parse(line) as { key: string; state: unknown; fidelity: string })).toMatchObject([
    { key: 'A-1', state: { cents: 4500 }, fidelity: 'incomplete' },
    { key: 'A-2', state: { cents: 4500 }, fidelity: 'incomplete' },
    { key: 'A-3', state: { cents: 1200 }, fidelity: 'incomplete' },
  ]);
});
