import { OrderIndependentKeys, orderMayMatter } from '@eventmend/core/engine';
import { compareThroughCuts } from './compare-through-cuts.js';
import { sampleHealthyKeys } from './healthy-keys.js';
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
      },
      parked: (keys) => {
        independent.doubt(keys);
        if (keys === null) parkedUnknown++;
        else for (const key of keys) quarantinedKeys.add(key);
      },
    }),
    (replay, states) => compareThroughCuts(replay, states, inputs.instance, cuts, request.rowsOf, limits.keys),
  );
  if (found === null) return null;
  const book = new ExplanationReport(request.startName, cuts, found);
  const isSettled = (key: string): boolean => independent.has(key);
  const told = [...found.discrepancies.values()].filter(({ key }) => {
    if (isSettled(key)) return true;
    if (mustBeIndependent && parkedUnknown === 0 && !quarantinedKeys.has(key)) book.orderNotDetermined(key);
    else book.parked(key);
    return false;
  });
  if (told.length === 0) return book.close();
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
