import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { interleaved } from '../../../.ci/bench/interleaved.mjs';

const bin = join(import.meta.dirname, '..', 'bundle', 'bin.js');

function start(args) {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with code ${status}\n${stderr}`);
}

/** What a user waits for before the first word of help, less what Node itself takes to start. */
export default async function cliStart({ quick }) {
  const { difference } = await interleaved({
    subject: () => start([bin, '--help']),
    reference: () => start(['-e', '0']),
    pairs: quick ? 5 : 21,
  });
  return [
    {
      name: 'cli_start_over_node',
      value: difference[1],
      unit: 'ms',
      floor: 'node -e 0',
      bar: '<= 150',
      runs: difference,
    },
  ];
}
