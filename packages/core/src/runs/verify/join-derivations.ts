import { StateDigest } from '../../engine/digest/state-digest.js';
import type { UncoveredFinding } from '../../evidence/check-coverage/uncovered-finding.js';
import { digestLanes } from '../../evidence/reference-replay/digest-outputs.js';
import { addOrderCounts } from '../../evidence/reference-replay/plain-accounts.js';
import { namedKeys, type InvariantResult } from '../../evidence/totals/check-invariants.js';
import { compareText } from '../../model/log/partition-id.js';
import { addDecimals, negateDecimal, type Decimal } from '../../model/records/decimal.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { UncoveredPart } from '../../model/strategy/verification.js';
import type { DerivationDigest } from './derivation-digest.js';
import type { TrustedBaseline } from './trusted-baseline.js';
import type { DerivedPart, StatesSummary } from './derived-part.js';

/** A derivation of the lanes of one task. */
export type PartDerivation = DerivationDigest & { readonly part: DerivedPart };

/**
 * Joins what was derived again task by task into what one machine would have derived. Where the way to the baseline was
 * derived too, each part began with its own keys; else, or where a snapshot is trusted, all of them began with the same baseline,
 * which counts once.
 * @param lanes of each derivation, in its order
 */
export function joinDerivations(
  derivations: readonly PartDerivation[],
  lanes: readonly (readonly number[])[],
): DerivationDigest {
  const [first] = derivations;
  if (first === undefined) throw new Error('a fleet has a task at least');
  const parts = derivations.map(({ part }) => part);
  const begins = parts.map(({ begin }) => begin);
  const ends = parts.map(({ end }) => end);
  const areDerived = derivations.every(({ baselineDigest }) => baselineDigest !== null);
  const isOwnBaseline = areDerived && first.trusted === null;
  if (!areDerived && derivations.some(({ baselineDigest }) => baselineDigest !== null)) {
    throw new RecoveryError('invalid-task', 'the tasks were not verified from the same beginning of the log', {
      hint: 'the log lost events in between: remove what verifying the tasks left, and verify them again',
    });
  }
  const sum = (of: (summary: StatesSummary) => Decimal | null): Decimal | null =>
    isOwnBaseline
      ? addAll(ends.map(of))
      : addAll([of(begins[0] as StatesSummary), ...parts.flatMap(({ begin, end }) => [of(end), negated(of(begin))])]);
  const stateKeys = Number(sum(({ keys }) => String(keys)));
  const chains = derivations
    .flatMap(({ part }, place) => part.chains.map((chain, at) => ({ chain, lane: lanes[place]?.[at] ?? 0 })))
    .sort((a, b) => a.lane - b.lane)
    .map(({ chain }) => chain);
  return {
    baselineDigest: isOwnBaseline ? addDigests(begins) : first.baselineDigest,
    parkedBefore: count(derivations, ({ parkedBefore }) => parkedBefore),
    trusted: first.trusted === null ? null : joinTrusted(derivations, (begins[0] as StatesSummary).keys),
    stateDigest: isOwnBaseline ? addDigests(ends) : addDigests([begins[0] as StatesSummary, ...ends], begins),
    stateKeys,
    outputsDigest: digestLanes(chains),
    outputs: count(derivations, ({ outputs }) => outputs),
    accounts: derivations.flatMap(({ accounts }) => accounts),
    order: addOrderCounts(derivations.map(({ order }) => order)),
    quarantined: count(derivations, ({ quarantined }) => quarantined),
    invariants: first.part.end.invariants.map(({ name }, at) =>
      joinInvariant(
        name,
        Number(sum(({ invariants }) => String(invariants[at]?.broken ?? 0))),
        ends.flatMap(({ invariants }) => invariants[at] ?? []),
        isOwnBaseline ? [] : begins.flatMap(({ invariants }) => invariants[at] ?? []),
      ),
    ),
    totals: first.totals.map((_, at) => asNumber(sum(({ totals }) => totals[at] ?? null))),
    measures: Object.fromEntries(
      Object.keys(first.measures).map((name) => [name, asNumber(sum(({ measures }) => measures[name] ?? null))]),
    ),
    uncovered: joinUncovered(
      derivations.map(({ uncovered }) => uncovered),
      stateKeys,
    ),
  };
}

/** A key of the snapshot that no task derived is one that the log does not lead to. */
function joinTrusted(derivations: readonly PartDerivation[], keys: number): TrustedBaseline {
  const inBoth = count(derivations, ({ trusted }) => trusted?.inBoth ?? 0);
  return { inBoth, differing: count(derivations, ({ trusted }) => trusted?.differing ?? 0) + keys - inBoth };
}

/**
 * The least keys that break it. One that broke it in the common baseline breaks it still only where no task mended it, so
 * such a key must be named by all of them.
 */
function joinInvariant(
  name: string,
  broken: number,
  ends: readonly InvariantResult[],
  begins: readonly InvariantResult[],
): InvariantResult {
  if (broken === 0) return { name, broken, first: null, keys: [] };
  const before = new Set(begins.flatMap(({ keys }) => keys));
  const breaks = (key: string): boolean => !before.has(key) || ends.every(({ keys }) => keys.includes(key));
  const keys = [...new Set(ends.flatMap((end) => end.keys))].filter(breaks).sort(compareText).slice(0, namedKeys);
  const firsts = ends.flatMap((end) => end.first ?? []);
  const first = keys.flatMap((key) => firsts.find((one) => one.key === key) ?? [])[0] ?? null;
  return { name, broken, first, keys };
}

/** Null where one of them did not know. A key is marked by the task that has it; a part counts where any task relied on it. */
function joinUncovered(findings: readonly (UncoveredFinding | null)[], allKeys: number): UncoveredFinding | null {
  const parts = new Map<string, UncoveredPart>();
  const unproven = new Set<string>();
  const declared = new Set<string>();
  for (const finding of findings) {
    if (finding === null) return null;
    for (const part of finding.parts) {
      const name = `${part.kind} ${part.name}`;
      const other = parts.get(name);
      parts.set(name, {
        ...part,
        events: part.events + (other?.events ?? 0),
        // A field of the common baseline is met by each task.
        keys: Math.min(allKeys, part.keys + (other?.keys ?? 0)),
        reviewed: part.reviewed && other?.reviewed !== false,
      });
    }
    for (const key of finding.unproven) unproven.add(key);
    for (const key of finding.declared) declared.add(key);
  }
  for (const key of unproven) declared.delete(key);
  return { parts: [...parts.values()], unproven: [...unproven].sort(), declared: [...declared].sort() };
}

function addDigests(added: readonly StatesSummary[], taken: readonly StatesSummary[] = []): string {
  const digest = new StateDigest();
  for (const one of added) digest.add(one.digest);
  for (const one of taken) digest.subtract(one.digest);
  return digest.toHex();
}

function addAll(values: readonly (Decimal | null)[]): Decimal | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : addDecimals(sum, value)), '0');
}

function negated(value: Decimal | null): Decimal | null {
  return value === null ? null : negateDecimal(value);
}

function asNumber(value: Decimal | null): number {
  return value === null ? NaN : Number(value);
}

function count<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
