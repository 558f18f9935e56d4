import {
  baselineCandidates,
  chooseCandidate,
  compareCandidates,
  coverPartitions,
  isBeforeOrAt,
  isInFrontOf,
  lostBetween,
  lostOf,
  partitionKey,
  placeOf,
  SnapshotObjections,
  withOrder,
  worth,
  type BaselineCandidate,
  type Examination,
  type NotMixed,
  type PlacedByTime,
  type Transition,
  type ResolvedTarget,
} from '@eventmend/core/engine';
import type { BaselineSearch, NewerState } from './baseline-search.js';
import { closeKeys, tellKeys, type ToldByState, type ToldByStates, type ToldKeys } from './told-keys.js';
import { weighStates } from './weigh-states.js';

/** What a recovery begins at. */
export interface ChosenBaseline {
  /** Of every key that nothing else is said of. */
  readonly newest: BaselineCandidate;
  /** Keys that are known better than that, by the older states that tell of them. */
  readonly told: readonly ToldKeys[];
  readonly notMixed: NotMixed | null;
}

/** To so many newer states older ones are replayed at most. */
const mostReplays = 3;

/**
 * Chooses what to begin at: one state, or, where the latest is wrong in some keys and events between it and older ones are
 * lost, that for most keys and for those the best proven of the older ones that tell of them.
 * @param wanted `auto`, `genesis` or the id of a snapshot
 * @param objections takes note of what speaks against those that are passed over
 * @throws RecoveryError `unproven-baseline` for a snapshot that was asked for and cannot be begun at
 */
export async function chooseBaseline(
  withPlaces: PlacedByTime,
  examination: Examination,
  transitions: readonly Transition[],
  target: ResolvedTarget,
  wanted: string,
  search: BaselineSearch,
  objections = new SnapshotObjections(withPlaces.prepared.situation),
): Promise<ChosenBaseline> {
  const { prepared } = withPlaces;
  let candidates = await baselineCandidates(withPlaces, examination, transitions, target, objections);
  const isNamed = wanted !== 'auto';
  const names = candidates.map(({ snapshot }) => snapshot?.id ?? 'genesis');
  if (isNamed && names.includes(wanted)) return single(chooseCandidate(candidates, wanted), null);
  const newerStates = await statesBehindLoss(withPlaces, examination, candidates, target, objections);
  const tried = new Set<NewerState>();
  let notMixed: NotMixed | null = null;
  for (let replays = 0; replays < mostReplays;) {
    const best = chooseCandidate(candidates, 'auto');
    const [newer] = newerStates.filter(
      (state) => !tried.has(state) && isAtLeast(state, best) && (!isNamed || state.snapshot?.id === wanted),
    );
    if (newer === undefined) break;
    tried.add(newer);
    const olders = olderStates(newer, candidates, prepared);
    // The last one tells of most keys.
    const older = olders.at(-1);
    if (older === undefined) continue;
    const refuse = (reason: NotMixed['reason']): void => {
      notMixed ??= { older: older.snapshot?.id ?? null, newer: newer.snapshot?.id ?? '', reason };
    };
    if (prepared.facts.locality === 'global') {
      // Nothing tells which keys a lost event named.
      refuse('keys-of-any-partition');
      continue;
    }
    const alone = chooseCandidate(
      candidates.filter(({ snapshot }) => snapshot?.id !== newer.snapshot?.id),
      'auto',
    );
    const missing = alone === null ? 0 : Math.min(alone.lost - newer.lost, await search.uncovered(alone));
    if (missing <= 0) {
      refuse('older-is-better');
      continue;
    }
    replays++;
    const told = await tellKeys(olders, newer, search);
    if (told === null) {
      refuse('nothing-told');
      continue;
    }
    const expected = weighStates(told, missing);
    const mixed = expected.newer >= expected.older ? 'older-is-better' : await mix(newer, olders, told, search);
    if (typeof mixed !== 'string') return { ...newestOf(newer, mixed.perState, candidates), told: mixed.told };
    refuse(mixed);
    if (told.wrong.length > 0) candidates = candidates.filter(({ snapshot }) => snapshot?.id !== newer.snapshot?.id);
  }
  return single(chooseCandidate(candidates, wanted), notMixed);
}

function single(newest: BaselineCandidate | null, notMixed: NotMixed | null): ChosenBaseline {
  if (newest === null) throw new Error('the beginning of the log is always a candidate');
  // What is begun at nevertheless needs no reason why it was not.
  return { newest, told: [], notMixed: newest.snapshot?.id === notMixed?.newer ? null : notMixed };
}

/** Each key from the best proven state that tells of it; from one alone where events connect what would begin at several. */
async function mix(
  newer: NewerState,
  olders: readonly BaselineCandidate[],
  { perState }: ToldByStates,
  search: BaselineSearch,
): Promise<Mixed | 'too-many-keys' | 'nothing-told'> {
  const told = await closeKeys(perState, newer, search);
  if (told !== 'connected') return typeof told === 'string' ? told : { told, perState };
  const alone = await tellKeys(olders.slice(-1), newer, search);
  if (alone === null) return 'nothing-told';
  const ofOne = await closeKeys(alone.perState, newer, search);
  if (ofOne === 'connected') throw new Error('the keys of one state begin at one state');
  return typeof ofOne === 'string' ? ofOne : { told: ofOne, perState: alone.perState };
}

interface Mixed {
  readonly told: readonly ToldKeys[];
  readonly perState: readonly ToldByState[];
}

/** What all keys begin at of which nothing else is said, and what was seen of it. */
function newestOf(
  newer: NewerState,
  perState: readonly ToldByState[],
  candidates: readonly BaselineCandidate[],
): Pick<ChosenBaseline, 'newest' | 'notMixed'> {
  const standing = candidates.find(({ snapshot }) => snapshot?.id === newer.snapshot?.id) ?? newer;
  const evidence = [...perState.map(evidenceOf), standing.evidence].join('; ');
  return { newest: { ...standing, evidence }, notMixed: null };
}

function evidenceOf({ older: { snapshot }, wrong, agreeing }: ToldByState): string {
  const from = snapshot === null ? 'the beginning of the log' : snapshot.id;
  const told = (wrong.length + agreeing.length).toLocaleString('en-US');
  return `a replay from ${from} gives ${agreeing.length.toLocaleString('en-US')} of the ${told} keys that it tells of`;
}

function isAtLeast(state: BaselineCandidate, best: BaselineCandidate | null): boolean {
  return best === null || state.snapshot?.id === best.snapshot?.id || compareCandidates(state, best) < 0;
}

/** Snapshots that nothing makes good as a whole, the one behind which least is lost first. */
async function statesBehindLoss(
  { prepared, placed }: PlacedByTime,
  { examined }: Examination,
  candidates: readonly BaselineCandidate[],
  target: ResolvedTarget,
  objections: SnapshotObjections,
): Promise<readonly NewerState[]> {
  const { survey, facts } = prepared;
  // A snapshot of the service lacks the window of recent ids that such a worker needs.
  if (facts.worker.deduplicate !== undefined) return [];
  const isGood = new Set(candidates.flatMap(({ basis, snapshot }) => (basis === 'unproven' ? [] : [snapshot?.id])));
  const states: NewerState[] = [];
  for (const one of examined) {
    const { description, position: recorded } = one.candidate;
    if (isGood.has(description.id)) continue;
    if (!isInFrontOf({ position: recorded, takenAt: description.takenAt }, target)) continue;
    const { broken, against, confirmed } = await objections.of(description);
    if (broken.length > 0 || against.length > 0) continue;
    const position = withOrder(one, survey);
    const whence = placed.has(description.id) ? [placeOf(description)] : [];
    const evidence = [...whence, 'the log in front of it is gone in part', ...confirmed].join('; ');
    const lost = lostBetween(survey, position, target.position);
    states.push({
      ...{ snapshot: description, position, basis: 'unproven', evidence, lost },
      ...{ isWithinLoss: false, examined: one },
    });
  }
  return states.sort(compareCandidates);
}

/**
 * States from which a replay to the newer one tells of keys, the best proven first: of equally proven ones that which tells of most, then
 * the latest; and behind it one that is proven less only if it tells of more.
 */
function olderStates(
  newer: NewerState,
  candidates: readonly BaselineCandidate[],
  { survey, facts }: PlacedByTime['prepared'],
): readonly BaselineCandidate[] {
  const reach = ({ position }: BaselineCandidate): number => position.reduce((sum, { next }) => sum + next, 0);
  const telling = candidates
    .filter(({ snapshot, position }) => snapshot?.id !== newer.snapshot?.id && isBeforeOrAt(position, newer.position))
    .flatMap((older) => {
      const cover = coverPartitions(survey, older.position, newer.position);
      const broken = new Set(lostOf(cover).map(partitionKey));
      const whole = cover.filter(({ partition, ranges }) => ranges.length > 0 && !broken.has(partitionKey(partition)));
      // Where nothing is lost between the two the older one alone gives everything.
      return broken.size === 0 || (whole.length === 0 && facts.locality === 'partition')
        ? []
        : [{ older, whole: whole.length }];
    })
    .sort(
      (a, b) => worth[a.older.basis] - worth[b.older.basis] || b.whole - a.whole || reach(b.older) - reach(a.older),
    );
  const chosen: typeof telling = [];
  for (const state of telling) if (chosen.every(({ whole }) => state.whole > whole)) chosen.push(state);
  return chosen.map(({ older }) => older);
}
