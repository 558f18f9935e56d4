import {
  chainOutputChunk,
  combineOutputChains,
  emptyOutputChain,
  hashOutputChunk,
} from '../../engine/digest/output-digest.js';
import { hashState, StateDigest } from '../../engine/digest/state-digest.js';
import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { RunSummary } from '../report/summarise-run.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';

/**
 * Reads everything that the run stored and holds it against what the run says of itself: a flipped bit, a row that is gone
 * or an older one put back is found here.
 */
export function checkStoredRows(spec: ReplaySpec, store: RunStore, summary: RunSummary): VerificationCheck {
  const failed = (detail: VerificationCheck['detail']): VerificationCheck => ({
    name: 'store',
    result: 'failed',
    detail,
  });
  const digest = new StateDigest();
  let states = 0;
  for (const { key, text, hash } of store.states()) {
    const really = text === null ? '' : hashState(key, JSON.parse(text));
    if (really !== hash) return failed({ kind: 'state-not-its-hash', key });
    if (text === null) continue;
    digest.add(hash);
    states++;
  }
  if (states !== summary.stateKeys || digest.toHex() !== summary.stateDigest) {
    return failed({ kind: 'states-not-committed', states });
  }
  const chains: string[] = [];
  let outputs = 0;
  for (const { lane } of lanesOf(spec)) {
    let chain = emptyOutputChain;
    for (const { number, count, text, hash } of store.chunks(lane)) {
      if (hashOutputChunk(text) !== hash) return failed({ kind: 'chunk-not-its-hash', chunk: number });
      chain = chainOutputChunk(chain, hash);
      outputs += count;
    }
    chains.push(chain);
  }
  if (outputs !== summary.outputs || combineOutputChains(chains) !== summary.outputsDigest) {
    return failed({ kind: 'outputs-not-committed', outputs });
  }
  return { name: 'store', result: 'passed', detail: { kind: 'stored-rows', states, outputs } };
}
