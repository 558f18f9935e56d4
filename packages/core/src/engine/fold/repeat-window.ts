import type { RecoveryError } from '../../model/errors/recovery-error.js';
import { notDeterministic } from '../../worker/process/blame-event.js';
import type { BatchWorker, FoldedBatch, SentEvent } from '../../worker/process/batch-worker.js';
import { firstDivergence } from '../../worker/process/compare-effects.js';
import type { EventEffects } from '../../worker/process/read-effects-answer.js';
import type { StateView } from '../../worker/worker-instance.js';

/** Events as they were sent together, and what a process that keeps states made of them. */
export interface KeptBatch {
  readonly sent: readonly { readonly sent: SentEvent | RecoveryError }[];
  readonly folded: FoldedBatch;
}

/**
 * Handles batches a second time, by the messages that need no memory and cut otherwise, so that what a process remembers or
 * invents shows. Nothing of it counts.
 * @param states as they were in front of the batches
 * @param collected the states that the process gave behind them
 * @throws RecoveryError `nondeterministic-worker` where something differs
 */
export async function repeatWindow(
  worker: BatchWorker,
  batches: readonly KeptBatch[],
  states: StateView,
  collected: ReadonlyMap<string, unknown>,
): Promise<void> {
  const written = new Map<string, unknown>();
  const view = { read: (key: string) => (written.has(key) ? written.get(key) : states.read(key)) };
  const again: (EventEffects | null)[] = [];
  for (const batch of batches) {
    const half = Math.ceil(batch.sent.length / 2);
    for (const [from, to] of [
      [0, half],
      [half, batch.sent.length],
    ] as const) {
      if (from === to) continue;
      const applied = await repeatPart(worker, batch, from, to, view);
      again.push(...applied.effects);
      for (const [key, state] of applied.states) written.set(key, state);
    }
  }
  const effects = batches.flatMap(({ folded }) => folded.effects);
  const divergence = firstDivergence({ events: effects, states: collected }, { events: again, states: written });
  if (divergence === null) return;
  const at = batches.flatMap(({ sent }) => sent)[Math.max(0, divergence.place)]?.sent as SentEvent;
  throw notDeterministic(worker.worker, at.event, divergence.what);
}

async function repeatPart(worker: BatchWorker, { sent, folded }: KeptBatch, from: number, to: number, view: StateView) {
  const part = sent.slice(from, to).map((event) => event.sent as SentEvent);
  const batch = worker.send(part);
  const named = await worker.keys(batch);
  const skip = new Set<number>();
  for (const [place, { event }] of part.entries()) {
    if (folded.effects[from + place] === null) skip.add(place);
    const first = folded.keys[from + place] ?? null;
    const again = named[place];
    const keys = again?.kind === 'keys' ? again.keys : null;
    if (first === null || JSON.stringify(first.kind === 'keys' ? first.keys : null) === JSON.stringify(keys)) continue;
    throw notDeterministic(worker.worker, event, 'it names other keys when asked again');
  }
  const applied = await worker.apply(batch, skip, view);
  if (applied.failure === null) return applied;
  const { event } = part[applied.effects.length] as SentEvent;
  throw notDeterministic(worker.worker, event, `it failed when it was handled again: ${applied.failure.message}`);
}
