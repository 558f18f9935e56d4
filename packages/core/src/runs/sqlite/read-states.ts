import { hash as hashOnce } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Cause, Fidelity } from '../../model/provenance/provenance.js';
import type { RecoveredState } from '../../model/strategy/run.js';
import { hashState } from '../../engine/digest/state-digest.js';
import { compareCodePoints } from '../../sources/snapshots/ndjson/compare-code-points.js';
import { basisOfRun } from '../report/basis-of-run.js';
import { readRunReport } from './read-run-report.js';
import type { RunFiles } from './run-folder.js';
import { openStoreOfRun } from '../fleet/open-store-of-run.js';

/** One state as it is stored. */
interface StoredText {
  readonly key: string;
  readonly text: string;
  readonly fidelity: Fidelity;
}

/** The states of a run, open for reading. To be closed. */
export interface StatesOfRun {
  /** Those that were rebuilt, but for keys whose live value was chosen, in the order of the keys; then those kept from the live state. */
  read(): Iterable<RecoveredState>;
  /** The same, all in the order of the keys, as the JSON that is stored. */
  readInOrder(): Iterable<StoredText>;
  /** How good it is that a key has no state. */
  absence(key: string): Fidelity;
  close(): void;
}

/** @throws RecoveryError `corrupt-run-store` here, and while the states are read */
export function openStatesOfRun(files: RunFiles): StatesOfRun {
  const kept = [...readKeptStates(files)];
  const chosen = new Set(kept.filter(({ fidelity }) => fidelity === 'unproven').map(({ key }) => key));
  const store = openStoreOfRun(files);
  const basis = basisOfRun(files, store);
  const worded = new Map<readonly Cause[], readonly string[]>();
  function* rebuilt(): Iterable<RecoveredState & StoredText> {
    for (const { key, text, hash, lane, provenance } of store.states()) {
      if (text === null || chosen.has(key)) continue;
      const state = JSON.parse(text) as unknown;
      if (hashState(key, state) !== hash) throw damagedState(files, `the state of key ${JSON.stringify(key)}`);
      const { fidelity, causes: found } = basis.of({ key, lane, provenance });
      let causes = worded.get(found);
      if (causes === undefined) worded.set(found, (causes = found.map(describeCause)));
      yield { key, text, state, fidelity, causes };
    }
  }
  return {
    *read() {
      for (const { key, state, fidelity, causes } of rebuilt()) yield { key, state, fidelity, causes };
      yield* kept;
    },
    readInOrder: () => (kept.length === 0 ? rebuilt() : mergeInOrder(rebuilt(), sortedTexts(kept))),
    absence: (key) => basis.absence(key),
    close: () => {
      store.close();
    },
  };
}

function sortedTexts(states: readonly RecoveredState[]): readonly StoredText[] {
  return states
    .map(({ key, state, fidelity }) => ({ key, text: JSON.stringify(state), fidelity }))
    .sort((a, b) => compareCodePoints(a.key, b.key));
}

/** @param others sorted, and none of them in `states` */
function* mergeInOrder(states: Iterable<StoredText>, others: readonly StoredText[]): Iterable<StoredText> {
  let at = 0;
  for (const state of states) {
    for (let next = others[at]; next !== undefined && compareCodePoints(next.key, state.key) < 0; next = others[at]) {
      yield next;
      at++;
    }
    yield state;
  }
  yield* others.slice(at);
}

/** Keys that may live in lost events alone, and keys whose live value is more likely right, as the live state has them. */
function* readKeptStates(files: RunFiles): Iterable<RecoveredState> {
  const unnamed = ['the live state, kept: no event that can be read names this key'];
  const better = ['the live state, chosen: the rebuilt value is more likely to lack a lost event'];
  for (const { key, state, chosen } of readKeptKeys(files)) {
    if (chosen === true) yield { key, state, fidelity: 'unproven', causes: better };
    else yield { key, state, fidelity: 'incomplete', causes: unnamed };
  }
}

/**
 * What a run keeps of the live state; `chosen` where it has a row of the key too.
 * @throws RecoveryError `corrupt-run-store`
 */
export function* readKeptKeys(files: RunFiles): Iterable<Pick<RecoveredState, 'key' | 'state'> & { chosen?: true }> {
  const kept = readRunReport(files)?.kept;
  if (kept === undefined) return;
  const text = readFileSync(files.kept, 'utf8');
  if (hashOnce('sha256', text) !== kept.sha256) throw damagedState(files, 'what is kept of the live state');
  for (const line of text.split('\n')) {
    if (line !== '') yield JSON.parse(line) as Pick<RecoveredState, 'key' | 'state'> & { chosen?: true };
  }
}

/** What a run stores does not match the hash that it was stored with. */
export function damagedState({ database }: RunFiles, what: string): RecoveryError {
  return new RecoveryError('corrupt-run-store', `${database}: ${what} does not match its hash`, {
    hint: 'remove this run with `eventmend runs --remove RUN` and recover again from the plan',
  });
}

function describeCause(cause: Cause): string {
  switch (cause.kind) {
    case 'baseline':
      return `baseline ${cause.part} (${cause.basis})`;
    case 'range':
      return `${cause.source} ${cause.log}`;
    case 'hole':
      return `holes in ${cause.topic}[${cause.partition}] (${cause.reason})`;
    case 'quarantine':
      return `quarantine ${cause.reason}`;
    case 'fact':
      return `fact ${cause.log}`;
  }
}
