import { isRecoveryError, type LongWork, type PartitionId, type Position } from '@eventmend/core';
import {
  baselineCandidates,
  chooseCandidate,
  compareCandidates,
  coverPartitions,
  examineKeys,
  gapsOf,
  isBeforeOrAt,
  knownKeyFindings,
  lostBetween,
  lostOf,
  partitionKey,
  placeOf,
  resolveScope,
  rootAtBeginning,
  SnapshotObjections,
  withOrder,
  worth,
  type BaselineCandidate,
  type Examination,
  type ExaminedSnapshot,
  type KeyFindings,
  type NotMixed,
  type PlacedByTime,
  type ResolvedTarget,
  type Transition,
} from '@eventmend/core/engine';
import { planStandIns, rangeBetween } from './plan-stand-ins.js';
import { weighStates } from './weigh-states.js';

/** What a recovery begins at. */
export interface ChosenBaseline {
  /** Of every key that nothing else is said of. */
  readonly newest: BaselineCandidate;
  /** Keys that are known better than that; null where there are none. */
  readonly told: ToldKeys | null;
  readonly notMixed: NotMixed | null;
}

/** Of a state that is wrong in some keys: which those are, and what they begin at instead. */
export interface ToldKeys {
  readonly older: BaselineCandidate;
  /** How many keys of the newest state are wrong. */
  readonly wrong: number;
  /** These, and all that events connect with them. Sorted. */
  readonly keys: readonly string[];
  /** Partitions whose events name them: in all others they have read as much as the newest state. */
  readonly partitions: readonly PartitionId[];
  /** Other keys of the newest state that a replay from the older one gives. Sorted. */
  readonly agreeing: readonly string[];
}

/** How thorough the search is. */
export interface BaselineSearch {
  /** What the replay from one state tells of the keys of a later one; null where nothing is known. */
  readonly examine: (older: BaselineCandidate, newer: NewerState) => Promise<KeyFindings | null>;
  /** How many of the events that are lost behind a state nothing stands in for. */
  readonly uncovered: (state: BaselineCandidate) => Promise<number>;
  /** The keys that events up to the target connect with some. */
  readonly close: (keys: readonly string[], older: BaselineCandidate, from: Position) => Promise<readonly string[]>;
}

/** Replays where nothing is known yet, and reads the log for what events connect. */
export function thoroughSearch({ prepared }: PlacedByTime, target: ResolvedTarget, work: LongWork): BaselineSearch {
  return {
    uncovered: async (state) => {
      const gaps = gapsOf(coverPartitions(prepared.survey, state.position, target.position));
      const missing = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
      const { coverage } = await planStandIns(prepared, rangeBetween(state, target), gaps, work);
      return state.lost - missing + coverage.uncovered;
    },
    examine: (older, { examined }) => examineKeys(prepared, rootOf(older, prepared), examined.candidate, work),
    close: async (keys, older, from) => {
      const range = { from, to: target.position, baseline: older.snapshot?.id ?? null };
      return (await resolveScope(prepared, { keys }, range, work)).keys;
    },
  };
}

/** Takes what earlier plans found out. Which keys events connect is not known then. */
export function knownSearch({ prepared }: PlacedByTime): BaselineSearch {
  const mayStandIn = (prepared.situation.records ?? []).some(({ event }) => event !== null);
  return {
    // Nobody has matched them yet: they may stand in for all of it.
    uncovered: ({ lost }) => Promise.resolve(mayStandIn ? 0 : lost),
    examine: (older, { examined }) =>
      Promise.resolve(knownKeyFindings(prepared, rootOf(older, prepared), examined.candidate)),
    close: (keys) => Promise.resolve(keys),
  };
}

function rootOf(
  { snapshot, position }: BaselineCandidate,
  { survey }: PlacedByTime['prepared'],
): Parameters<typeof examineKeys>[1] {
  if (snapshot === null) return rootAtBeginning(survey);
  const { id, digest, stateVersion } = snapshot;
  const reach = position.reduce((sum, { next }) => sum + next, 0);
  return { id, basis: 'declared', digest, stateVersion, position, reach };
}

/** A snapshot that may be wrong in some keys, behind which less is lost. */
type NewerState = BaselineCandidate & { readonly examined: ExaminedSnapshot };

/** So many pairs of states are replayed at most. */
const mostReplays = 3;

/**
 * Chooses what to begin at: one state, or, where the latest is wrong in some keys and events between it and an older one are
 * lost, that for most keys and the older one for those.
 * @param wanted `auto`, `genesis` or the id of a snapshot
 * @param objections takes note of what speaks against those that are passed over
 * @throws RecoveryError `unproven-baseline` for a snapshot that was asked for and cannot be begun at
 */
export async function chooseBaseline(
  withPlaces: PlacedByTime,
  examination: Examination,
  transitions: readonly Transition[],
  target: Position,
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
    const older = bestOlder(newer, candidates, prepared);
    if (older === null) continue;
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
    const findings = await search.examine(older, newer);
    if (findings === null || findings.wrong.length + findings.agreeing.length === 0) {
      refuse('nothing-told');
      continue;
    }
    const expected = weighStates(findings, missing);
    const keys =
      expected.newer >= expected.older
        ? 'older-is-better'
        : await closed(findings, search, older, olderPosition(older, newer, findings.partitions));
    if (typeof keys !== 'string') return mixed(older, newer, findings, keys, candidates);
    refuse(keys);
    if (findings.wrong.length > 0)
      candidates = candidates.filter(({ snapshot }) => snapshot?.id !== newer.snapshot?.id);
  }
  return single(chooseCandidate(candidates, wanted), notMixed);
}

function single(newest: BaselineCandidate | null, notMixed: NotMixed | null): ChosenBaseline {
  if (newest === null) throw new Error('the beginning of the log is always a candidate');
  // What is begun at nevertheless needs no reason why it was not.
  return { newest, told: null, notMixed: newest.snapshot?.id === notMixed?.newer ? null : notMixed };
}

function mixed(
  older: BaselineCandidate,
  newer: NewerState,
  findings: KeyFindings,
  keys: readonly string[],
  candidates: readonly BaselineCandidate[],
): ChosenBaseline {
  const { wrong, partitions } = findings;
  const taken = new Set(keys);
  const others = findings.agreeing.filter((key) => !taken.has(key));
  // What rests on an unproven state is worth no more for being reproduced from it.
  const agreeing = older.basis === 'unproven' || keys.length + others.length > mostKeys ? [] : others;
  const standing = candidates.find(({ snapshot }) => snapshot?.id === newer.snapshot?.id);
  const newest = {
    ...(standing ?? newer),
    evidence: `${evidenceOf(older, findings)}; ${(standing ?? newer).evidence}`,
  };
  if (keys.length === 0 && agreeing.length === 0) return { newest, told: null, notMixed: null };
  return { newest, told: { older, wrong: wrong.length, keys, partitions, agreeing }, notMixed: null };
}

/** A plan carries no more keys by name. */
const mostKeys = 1_000_000;

function evidenceOf({ snapshot }: BaselineCandidate, { wrong, agreeing }: KeyFindings): string {
  const from = snapshot === null ? 'the beginning of the log' : snapshot.id;
  const told = (wrong.length + agreeing.length).toLocaleString('en-US');
  return `a replay from ${from} gives ${agreeing.length.toLocaleString('en-US')} of the ${told} keys that it tells of`;
}

/** The keys that cannot be begun at the newer state, or why the older one cannot be begun at for them alone. */
async function closed(
  { wrong }: KeyFindings,
  { close }: BaselineSearch,
  older: BaselineCandidate,
  from: Position,
): Promise<readonly string[] | 'too-many-keys'> {
  if (wrong.length === 0) return [];
  try {
    const keys = await close(wrong, older, from);
    return keys.length > mostKeys ? 'too-many-keys' : keys;
  } catch (error) {
    if (isRecoveryError(error) && error.code === 'scope-too-large') return 'too-many-keys';
    throw error;
  }
}

/**
 * Where the keys of the older state begin: in the partitions that name them where it stands, in all others where the newer
 * one does, since no event of theirs is there.
 */
export function olderPosition(
  older: BaselineCandidate,
  newer: BaselineCandidate,
  partitions: readonly PartitionId[],
): Position {
  const named = new Set(partitions.map(partitionKey));
  const begun = new Map(older.position.map((part) => [partitionKey(part), part]));
  return newer.position.map((part) => {
    const key = partitionKey(part);
    return named.has(key) ? (begun.get(key) ?? part) : part;
  });
}

function isAtLeast(state: BaselineCandidate, best: BaselineCandidate | null): boolean {
  return best === null || state.snapshot?.id === best.snapshot?.id || compareCandidates(state, best) < 0;
}

/** Snapshots that nothing makes good as a whole, the one behind which least is lost first. */
async function statesBehindLoss(
  { prepared, placed }: PlacedByTime,
  { examined }: Examination,
  candidates: readonly BaselineCandidate[],
  target: Position,
  objections: SnapshotObjections,
): Promise<readonly NewerState[]> {
  const { survey, facts } = prepared;
  // A snapshot of the service lacks the window of recent ids that such a worker needs.
  if (facts.worker.deduplicate !== undefined) return [];
  const isGood = new Set(candidates.flatMap(({ basis, snapshot }) => (basis === 'unproven' ? [] : [snapshot?.id])));
  const states: NewerState[] = [];
  for (const one of examined) {
    const { description, position: recorded } = one.candidate;
    if (isGood.has(description.id) || !isBeforeOrAt(recorded, target)) continue;
    const { broken, against, confirmed } = await objections.of(description);
    if (broken.length > 0 || against.length > 0) continue;
    const position = withOrder(one);
    const whence = placed.has(description.id) ? [placeOf(description)] : [];
    const evidence = [...whence, 'the log in front of it is gone in part', ...confirmed].join('; ');
    const lost = lostBetween(survey, position, target);
    states.push({
      ...{ snapshot: description, position, basis: 'unproven', evidence, lost },
      ...{ isWithinLoss: false, examined: one },
    });
  }
  return states.sort(compareCandidates);
}

/** The state from which a replay to the newer one tells of most keys; of equals the best proven, then the latest. */
function bestOlder(
  newer: NewerState,
  candidates: readonly BaselineCandidate[],
  { survey, facts }: PlacedByTime['prepared'],
): BaselineCandidate | null {
  const reach = ({ position }: BaselineCandidate): number => position.reduce((sum, { next }) => sum + next, 0);
  const [best] = candidates
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
      (a, b) => b.whole - a.whole || worth[a.older.basis] - worth[b.older.basis] || reach(b.older) - reach(a.older),
    );
  return best?.older ?? null;
}
