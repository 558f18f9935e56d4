import { OrderIndependentKeys, orderMayMatter } from '@eventmend/core/engine';
import { compareThroughCuts } from './compare-through-cuts.js';
import { CrowdedStretches } from './crowded-stretches.js';
import type { StateExplanations } from './state-explanations.js';
import { ExplanationReport } from './explanation-report.js';
import type { ExplanationRequest } from './explanation-request.js';
import { replayToExplain } from './replay-to-explain.js';
import { gatherSuspects } from './gather-suspects.js';
import { judgeSuspects } from './judge-suspects.js';

/**
 * Explains recorded states that differ: a replay finds the keys and since when they are wrong, a second one gathers their
 * events, and the handlings that may have been are tried with the worker. Null when it was stopped.
 */
export async function explainInReplay(request: ExplanationRequest): Promise<StateExplanations | null> {
  const { spec, inputs, cuts, limits, control } = request;
  const mustBeIndependent = orderMayMatter(spec.order, spec.locality) && spec.partitions.length > 1;
  const independent = new OrderIndependentKeys();
  // A window of recent ids connects everything.
  if (mustBeIndependent && inputs.instance.worker.deduplicate !== undefined) independent.doubt(null);
  const crowded = request.accused === null ? null : new CrowdedStretches(limits.eventsPerKey);
  const isPartial = request.leavesOut.length > 0;
  /** Keys of partitions that are replayed, where others are not. */
  const replayed = new Set<string>();
  const isReplayed = (key: string): boolean => !isPartial || replayed.has(key);
  const quarantinedKeys = new Set<string>();
  let parkedUnknown = 0;
  const found = await replayToExplain(
    request,
    () => ({
      handled: ({ keys, place }) => {
        independent.connect(
          mustBeIndependent ? place : 0,
          keys.map((key) => ({ key })),
        );
        crowded?.handled(keys);
        if (isPartial) for (const key of keys) replayed.add(key);
      },
      parked: (keys) => {
        independent.doubt(keys);
        if (keys === null) parkedUnknown++;
        else for (const key of keys) quarantinedKeys.add(key);
      },
    }),
    (replay, states) =>
      compareThroughCuts(replay, states, inputs.instance, cuts, request.rowsOf, limits.keys, isReplayed, (keys) => {
        crowded?.close(keys);
      }),
  );
  if (found === null) return null;
  const book = new ExplanationReport(request.startName, cuts, found, request.leavesOut);
  const isSettled = (key: string): boolean => independent.has(key);
  for (const key of found.notReplayed) book.behindHole(key);
  const told = [...found.discrepancies.values()].filter(({ key }) => {
    if (isSettled(key)) return true;
    if (mustBeIndependent && parkedUnknown === 0 && !quarantinedKeys.has(key)) book.orderNotDetermined(key);
    else book.parked(key);
    return false;
  });
  if (told.length === 0 || crowded?.allCrowded === true) return book.close();
  const healthy = sampleHealthyKeys(
    independent.keys(),
    (key) => !found.discrepancies.has(key) && !found.beyond.has(key) && isSettled(key),
    limits.healthyKeys,
  );
  const gathered = await gatherSuspects(
    request,
    found,
    told.map(({ key }) => key),
    healthy,
    isSettled,
  );
  if (gathered === null) return null;
  await judgeSuspects(request, book, gathered, found);
  return control.stopRequested ? null : book.close();
}

/**
 * Picks keys evenly and always the same ones: those with the smallest hashes (FNV-1a, 32 bits). Memory follows the number
 * of keys that are picked.
 */
function sampleHealthyKeys(
  keys: Iterable<string>,
  isHealthy: (key: string) => boolean,
  count: number,
): readonly string[] {
  let picked: { readonly key: string; readonly hash: number }[] = [];
  let bar = Infinity;
  const settle = (): void => {
    picked.sort((a, b) => a.hash - b.hash || (a.key < b.key ? -1 : 1));
    picked = picked.slice(0, count);
    bar = picked.length < count ? Infinity : (picked.at(-1)?.hash ?? Infinity);
  };
  for (const key of keys) {
    const hash = hashOf(key);
    if (hash > bar || !isHealthy(key)) continue;
    picked.push({ key, hash });
    if (picked.length >= 2 * count + 16) settle();
  }
  settle();
  return picked.map(({ key }) => key);
}

function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
