// Applies events in batches, makes checkpoints, and sends outputs into a file; goes on where the store is. Says on its
// standard output what is committed and what was refused. Argument: JSON {folder, worker, until, batch, checkpointEvery}.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecoveryError } from '@eventmend/core';
import { openCheckpointer } from '@eventmend/checkpoint';

const { folder, worker, until, batch, checkpointEvery, pauseMs = 0 } = JSON.parse(process.argv[2]);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const codeOf = (error) => (isRecoveryError(error) ? error.code : `no code: ${error?.stack ?? error}`);
const eventsFrom = (from) =>
  Array.from({ length: Math.min(batch, until - from) }, (_, index) => {
    const offset = from + index;
    return { offset, key: `k${offset % 7}`, time: 1000 + offset, value: { n: offset } };
  });

let checkpointer;
try {
  checkpointer = await openCheckpointer({ folder, worker, fullEvery: 3 });
  say({ opened: true });
  for (let done = 0; ; done++) {
    const next = checkpointer.position()[0]?.next ?? 0;
    if (next >= until) break;
    const applied = await checkpointer.apply({ topic: 't', partition: 0, events: eventsFrom(next) });
    say({ committed: applied.next });
    const unsent = checkpointer.unsent();
    appendFileSync(join(folder, 'sent.txt'), unsent.map(({ id, value }) => `${id} ${value.n}\n`).join(''));
    await checkpointer.sent(unsent);
    if (done % checkpointEvery === checkpointEvery - 1) {
      try {
        say({ checkpoint: (await checkpointer.checkpoint())?.id ?? null });
      } catch (error) {
        say({ noCheckpoint: codeOf(error) });
      }
    }
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await checkpointer.close();
  say({ ended: true });
} catch (error) {
  say({ failed: codeOf(error) });
  if (checkpointer !== undefined) {
    const again = await checkpointer
      .apply({ topic: 't', partition: 0, events: eventsFrom(checkpointer.position()[0]?.next ?? 0) })
      .then(() => null, codeOf);
    say({ again });
  }
  process.exitCode = 3;
}
