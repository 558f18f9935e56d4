import {
  chainOutputChunk,
  combineOutputChains,
  emptyOutputChain,
  hashOutputChunk,
  hashState,
  lanesOf,
  StateDigest,
  type ReplaySpec,
  type RunStore,
  type RunSummary,
  type VerificationCheck,
} from '@eventmend/core';

/**
 * Reads everything that the run stored and holds it against what the run says of itself: a flipped bit, a row that is gone
 * or an older one put back is found here.
 */
export function checkStoredRows(spec: ReplaySpec, store: RunStore, summary: RunSummary): VerificationCheck {
  const failed = (detail: string): VerificationCheck => ({ name: 'store', result: 'failed', detail });
  const digest = new StateDigest();
  let states = 0;
  for (const { key, text, hash } of store.states()) {
    const really = text === null ? '' : hashState(key, JSON.parse(text));
    if (really !== hash) return failed(`the state of key ${JSON.stringify(key)} does not match its hash`);
    if (text === null) continue;
    digest.add(hash);
    states++;
  }
  if (states !== summary.stateKeys || digest.toHex() !== summary.stateDigest) {
    return failed(`${states.toLocaleString('en-US')} states are stored, and they are not those that were committed`);
  }
  const chains: string[] = [];
  let outputs = 0;
  for (const { lane } of lanesOf(spec)) {
    let chain = emptyOutputChain;
    for (const { number, count, text, hash } of store.chunks(lane)) {
      if (hashOutputChunk(text) !== hash) return failed(`chunk ${number} of the outputs does not match its hash`);
      chain = chainOutputChunk(chain, hash);
      outputs += count;
    }
    chains.push(chain);
  }
  if (outputs !== summary.outputs || combineOutputChains(chains) !== summary.outputsDigest) {
    return failed(`${outputs.toLocaleString('en-US')} outputs are stored, and they are not those that were committed`);
  }
  const detail = `${states.toLocaleString('en-US')} states and ${outputs.toLocaleString('en-US')} outputs are those that were committed`;
  return { name: 'store', result: 'passed', detail };
}
