// Folds transfers in memory: node floor-child.mjs SHAPE THREADS (SHAPE as JSON). Sends { ms, cpuMs }, without the time that
// making the lines takes.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { foldInMemory } from './fold-in-memory.mjs';
import { measured } from './measured.mjs';
import { textOf } from './transfers-archive.mjs';

function linesOf(shape, share, shares) {
  const lines = [];
  for (let n = 0; n < shape.events; n++) {
    if ((n % shape.partitions) % shares === share) lines.push(textOf(n, shape));
  }
  return lines;
}

if (isMainThread) {
  const shape = JSON.parse(process.argv[2]);
  const threads = Number(process.argv[3]);
  if (threads === 1) {
    const lines = linesOf(shape, 0, 1);
    process.send(await measured(() => foldInMemory(lines)));
  } else {
    const workers = Array.from(
      { length: threads },
      (_, share) => new Worker(new URL(import.meta.url), { workerData: { shape, share, threads } }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const folded = workers.map((worker) => once(worker, 'message'));
    process.send(
      await measured(() => {
        for (const worker of workers) worker.postMessage('go');
        return Promise.all(folded);
      }),
    );
  }
  process.disconnect();
} else {
  const { shape, share, threads } = workerData;
  const lines = linesOf(shape, share, threads);
  parentPort.postMessage('ready');
  await once(parentPort, 'message');
  parentPort.postMessage(foldInMemory(lines));
  parentPort.close();
}
