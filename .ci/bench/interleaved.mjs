import { performance } from 'node:perf_hooks';

/** The smallest, middle and largest of some numbers, the form in which every result states its runs. */
export function spread(values) {
  if (values.length === 0) throw new Error('a spread of no values');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return [sorted[0], median, sorted[sorted.length - 1]];
}

/** Milliseconds that an action takes; an action that measures itself (a child process, say) returns its own number. */
async function timed(action) {
  const started = performance.now();
  const own = await action();
  return typeof own === 'number' ? own : performance.now() - started;
}

/**
 * Times a subject against a reference, one right after the other, so that a slow minute of the machine hits both. The
 * order alternates from pair to pair, a ratio is taken within each pair, and warm-up pairs do not count.
 *
 * `speed` is the throughput of the subject over that of the reference for the same work: 0.8 means that the subject
 * needs 1.25 times as long.
 */
export async function interleaved({ subject, reference, pairs = 5, warmups = 1, between = () => {} }) {
  if (pairs < 5) throw new Error(`a median needs at least five pairs, not ${pairs}`);
  const subjectMs = [];
  const referenceMs = [];
  for (let pair = -warmups; pair < pairs; pair += 1) {
    const took = {};
    const order = pair % 2 === 0 ? ['subject', 'reference'] : ['reference', 'subject'];
    for (const side of order) {
      globalThis.gc?.();
      took[side] = await timed(side === 'subject' ? subject : reference);
      await between();
    }
    if (pair < 0) continue;
    subjectMs.push(took.subject);
    referenceMs.push(took.reference);
  }
  return {
    subjectMs: spread(subjectMs),
    referenceMs: spread(referenceMs),
    speed: spread(subjectMs.map((ms, index) => referenceMs[index] / ms)),
    difference: spread(subjectMs.map((ms, index) => ms - referenceMs[index])),
  };
}
