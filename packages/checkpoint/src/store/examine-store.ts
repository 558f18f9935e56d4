import { existsSync } from 'node:fs';
import { isRecoveryError, type ErrorCode, type Position } from '@eventmend/core';
import { chainAfter, LiveStore, type CommitLink } from './live-store.js';

/** The store of a live worker, read from end to end. */
export interface ExaminedStore {
  readonly file: string;
  /** The newest commit; null where the store cannot be read. */
  readonly link: CommitLink | null;
  readonly position: Position;
  /** The first bad row or commit; null where everything agrees, or where the rows were not looked at. */
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null;
}

/**
 * Checks every row against its hash, and the chain of commits; changes nothing. Null where there is no store.
 * @param deep false to look at its newest commit alone
 */
export function examineStore(file: string, deep: boolean): ExaminedStore | null {
  if (!existsSync(file)) return null;
  let store: LiveStore | null = null;
  try {
    store = new LiveStore(file, { create: false, busyMs: 5000 });
    // One moment of it, while a worker may go on.
    store.database.exec('BEGIN');
    if (deep) {
      for (const _ of store.rows());
      checkChain(store);
    }
    return { file, link: store.link(), position: store.partitions(), problem: null };
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return { file, link: null, position: [], problem: { code: error.code, message: error.message } };
  } finally {
    store?.close();
  }
}

interface CommitRow extends CommitLink {
  readonly at: number;
  readonly body: string;
}

function checkChain(store: LiveStore): void {
  const commits = store.database.prepare<[], CommitRow>(
    'SELECT seq, at, events, keys, body, chain FROM commits ORDER BY seq',
  );
  let before: CommitRow | null = null;
  for (const commit of commits.iterate()) {
    // The first one stands on commits that no checkpoint needed any more.
    if (before !== null && (commit.seq !== before.seq + 1 || chainAfter(before.chain, commit) !== commit.chain))
      throw store.damaged(`commit ${commit.seq} does not follow from the one before it`);
    before = commit;
  }
}
