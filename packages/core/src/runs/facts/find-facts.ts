import type { LongWork } from '../../model/strategy/strategy.js';
import type { PlacedFact } from '../../evidence/facts/placed-fact.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { agreementOf, isBelieved, nothingKnown, type FactAgreement } from './choose-facts.js';
import type { FactVerdict } from './fact-trial.js';
import { noVerdicts, placeOn, tryPlaced, type FactStretch, type Verdicts } from './run-fact-trial.js';
import { notUsed, tallyFacts, type TalliedFacts } from './tally-facts.js';

/** The recovery that facts are for, without them: its logs stand in `prepared.survey`. */
export interface FactsWanted extends FactStretch {
  readonly prepared: PreparedInputs;
  /** What is known in front of its baseline: nothing is lost there, so that it shows how far a source is right. Null for nothing. */
  readonly known: FactStretch | null;
  /** How far an event that stands in for a lost one may be from its time, in milliseconds. */
  readonly slack: number;
}

/** What facts a recovery sets, and what became of the others. */
export interface FoundFacts {
  /** Of each source, in the order of the incident; `log` is null. */
  readonly perSource: readonly TalliedFacts[];
}

/** Passes over the log to find facts that contradict each other; those that are found by the last are left out all the same. */
const mostPasses = 4;

/**
 * Finds what other systems say of the states of keys that a recovery may have lost events of. Each source is first held alone
 * against a replay, wherever nothing is lost; then all that are believed are, together. Of a key of which one fact is not what is
 * rebuilt none is used.
 * @throws RecoveryError what reading the rows and replaying throws
 */
export async function findFacts(wanted: FactsWanted, work: LongWork): Promise<FoundFacts> {
  const { prepared, plan, known } = wanted;
  const { situation, facts: workerFacts } = prepared;
  const configs = situation.facts ?? [];
  const names = configs.map(({ name }) => name);
  const unusable =
    situation.order.by !== 'time'
      ? 'order-not-by-time'
      : workerFacts.worker.deduplicate !== undefined
        ? 'deduplicates'
        : null;
  if (unusable !== null) return { perSource: names.map((records) => notUsed(records, unusable)) };
  const placed = await placeOn(wanted, prepared, wanted.slack, work);
  const tryThem = (facts: readonly PlacedFact[]): Promise<Verdicts> => tryPlaced(prepared, plan, names, facts, work);
  const earlier = known === null ? noVerdicts : await tryKnown(known, prepared, names, work);
  const earlierOf = (name: string): readonly FactVerdict[] =>
    [...earlier.of].flatMap(([{ source }, verdict]) => (source === name ? [verdict] : []));
  const agreements = new Map<string, FactAgreement>();
  const alone = new Map<string, Verdicts>();
  for (const name of names) {
    const own = placed.filter(({ source, place }) => source === name && (place === 'clear' || place === 'inside'));
    const verdicts = await tryThem(own);
    alone.set(name, verdicts);
    agreements.set(name, agreementOf([...earlierOf(name), ...verdicts.of.values()]));
  }
  const believed = names.filter((name) => isBelieved(agreements.get(name) ?? nothingKnown));
  const contradicted = new Set(
    placed.filter(({ place, source }) => place === 'contradicting' && believed.includes(source)).map(({ key }) => key),
  );
  for (const [{ source, key }, verdict] of earlier.of) {
    if (verdict === 'differs' && believed.includes(source)) contradicted.add(key);
  }
  let joint = noVerdicts;
  for (let pass = 0; pass < mostPasses; pass++) {
    const offered = placed.filter(
      ({ source, place, key }) =>
        believed.includes(source) && (place === 'clear' || place === 'inside') && !contradicted.has(key),
    );
    const [only] = believed;
    const isKnown = pass === 0 && believed.length === 1 && contradicted.size === 0 && only !== undefined;
    joint = (isKnown ? alone.get(only) : undefined) ?? (await tryThem(offered));
    const before = contradicted.size;
    for (const [fact, verdict] of joint.of) if (verdict === 'differs') contradicted.add(fact.key);
    if (contradicted.size === before) break;
  }
  return {
    perSource: names.map((records) =>
      tallyFacts(records, placed, {
        agreement: agreements.get(records) ?? nothingKnown,
        isBelieved: believed.includes(records),
        contradicted,
        earlier,
        alone: alone.get(records) ?? noVerdicts,
        joint,
      }),
    ),
  };
}

/** Of all sources at once: where nothing is lost no fact is set, and none is held against another. */
async function tryKnown(
  known: FactStretch,
  prepared: PreparedInputs,
  names: readonly string[],
  work: LongWork,
): Promise<Verdicts> {
  const placed = await placeOn(known, prepared, 0, work);
  const clear = placed.filter(({ place }) => place === 'clear');
  return tryPlaced(prepared, known.plan, names, clear, work);
}
