import { corrupt } from './corrupt-store.js';
import { emptySum, HashSum } from './hash-sum.js';
import { beginning, type LiveStore } from './live-store.js';
import { chainAfter, hashPosition, hashRecentId, type CommitLink } from './stored-rows.js';

/**
 * Checks all that a store knows by itself: every row against its hash, all of them against the sums of the newest commit,
 * and the chain of commits. To be called inside of a transaction.
 * @throws RecoveryError `corrupt-checkpoint-store` that names the first bad row or commit
 */
export function checkLiveStore(store: LiveStore): void {
  const link = checkChain(store);
  const states = new HashSum(emptySum);
  let keys = 0;
  for (const { hash, text } of store.rows()) {
    states.add(hash);
    if (text !== null) keys++;
  }
  const others = new HashSum(emptySum);
  for (const partition of store.partitions()) if (partition.changed > 0) others.add(hashPosition(partition));
  for (const recent of store.recentIds()) others.add(hashRecentId(recent));
  // Reading an output or a value checks it.
  for (const _output of store.outputs());
  for (const name of store.metaNames()) store.meta(name);
  if (states.toString() !== link.statesSum || keys !== link.keys)
    throw corrupt(store.file, 'rows of states are not all there, or are older than the newest commit');
  if (others.toString() !== link.othersSum)
    throw corrupt(store.file, 'positions or recent business ids are not those of the newest commit');
}

function checkChain(store: LiveStore): CommitLink {
  let before = { ...beginning, chain: store.meta('chain_before') ?? beginning.chain };
  let first = true;
  for (const commit of store.commits()) {
    if ((!first && commit.seq !== before.seq + 1) || chainAfter(before.chain, commit) !== commit.chain)
      throw corrupt(store.file, `commit ${commit.seq} does not follow from the one before it`);
    before = commit;
    first = false;
  }
  return before;
}
