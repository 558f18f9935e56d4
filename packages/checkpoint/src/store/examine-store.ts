import { existsSync } from 'node:fs';
import { isRecoveryError, type ErrorCode, type Position } from '@eventmend/core';
import { checkLiveStore } from './check-live-store.js';
import { LiveStore } from './live-store.js';
import type { CommitLink } from './stored-rows.js';

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
    if (deep) checkLiveStore(store);
    return { file, link: store.link(), position: store.partitions(), problem: null };
  } catch (error) {
    const problem = store === null ? error : store.explain(error);
    if (!isRecoveryError(problem)) throw problem;
    return { file, link: null, position: [], problem: { code: problem.code, message: problem.message } };
  } finally {
    store?.close();
  }
}
