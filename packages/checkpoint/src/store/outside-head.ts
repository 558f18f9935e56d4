import { existsSync, statSync } from 'node:fs';
import { openHeadFile, readHeadFile, type HeadFile } from '@eventmend/core/sqlite';
import { corrupt } from './corrupt-store.js';
import type { CommitLink } from './stored-rows.js';

type Head = Pick<CommitLink, 'seq' | 'chain'>;

/** The file beside a store that tells an older copy of it from the newest. */
export class OutsideHead {
  readonly #store: string;
  readonly #path: string;
  /** Opened at the first commit: whoever only reads makes no file. */
  #open: HeadFile | null = null;

  constructor(store: string) {
    this.#store = store;
    this.#path = `${store}.head`;
  }

  /** How far the store was; null where nothing tells. @throws RecoveryError `corrupt-checkpoint-store` where it is damaged */
  read(): Head | null {
    const head = readHeadFile(this.#path, 0);
    if (head !== null) return head;
    // After a power loss it may be empty or gone; anything else in its place was put there.
    if (!existsSync(this.#path) || statSync(this.#path).size === 0) return null;
    throw corrupt(this.#store, `its head file ${this.#path} is damaged: whether it is the newest copy cannot be told`);
  }

  write(head: Head): void {
    (this.#open ??= openHeadFile(this.#path)).write(0, head);
  }

  close(): void {
    this.#open?.close();
    this.#open = null;
  }
}
