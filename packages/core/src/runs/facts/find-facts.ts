import { specOfPlan, type ReplayablePlan } from '../../engine/spec/spec-of-plan.js';
import type { FactRows, Plan, PlanFacts, PlanSegment } from '../../model/plan/plan.js';
import type { StateFact } from '../../model/records/state-fact.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { placeFacts } from '../../evidence/facts/place-facts.js';
import type { PlacedFact } from '../../evidence/facts/placed-fact.js';
import { offsetsOf, runTuning } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { jobModule, runJob } from '../../evidence/inputs/run-job.js';
import { refuseInterrupted } from '../../evidence/proof/refuse-interrupted.js';
import type { StandInRange } from '../../evidence/stand-ins/stand-in.js';
import { agreementOf, isBelieved, type FactAgreement } from './choose-facts.js';
import { factTopic, type FactTrialOutcome, type FactVerdict, type OfferedSource } from './fact-trial.js';
import tryFactsJob from './try-facts-job.js';

/** A way through the logs on which facts are held against what is rebuilt. */
export interface FactStretch {
  readonly plan: Pick<Plan, 'baseline' | 'segments' | 'target' | 'logEnd'>;
  readonly range: StandInRange;
}

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
  readonly perSource: readonly (PlanFacts & { readonly facts: readonly UsedFact[] })[];
}

export interface UsedFact {
  readonly key: string;
  readonly time: number;
  readonly fact: StateFact;
}

/** Passes over the log to find facts that contradict each other; those that are found by the last are left out all the same. */
const mostPasses = 4;
const toldContradictions = 3;

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
  const tryThem = (facts: readonly PlacedFact[]): Promise<Verdicts> =>
    tryPlaced(prepared, replayableOf(plan, prepared), names, facts, work);
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
    perSource: names.map((records) => {
      const agreement = agreements.get(records) ?? nothingKnown;
      const isUsed = believed.includes(records);
      const rows = noRows();
      const keys = new Set<string>();
      const used: UsedFact[] = [];
      const ofSource = placed.filter(({ source }) => source === records);
      const ownVerdicts = alone.get(records)?.of;
      const before = new Map([...earlier.of].map(([{ source, row }, verdict]) => [`${source} ${row}`, verdict]));
      for (const fact of ofSource) {
        const became = becameOf(
          fact,
          ownVerdicts?.get(fact) ?? before.get(`${records} ${fact.row}`),
          joint.of.get(fact),
          isUsed,
          contradicted.has(fact.key),
        );
        rows[became]++;
        if (became !== 'used') continue;
        keys.add(fact.key);
        used.push({ key: fact.key, time: fact.time, fact: factOf(fact, agreement.known > 0) });
      }
      const told = [...earlier.rebuilt, ...(alone.get(records)?.rebuilt ?? []), ...joint.rebuilt].filter(
        ([{ source }]) => source === records,
      );
      return {
        records,
        log: null,
        rows,
        keys: keys.size,
        agreement,
        contradictions: [...new Map(told)].slice(0, toldContradictions).map(([{ key, time, content }, rebuilt]) => ({
          key,
          time,
          stated: JSON.stringify('state' in content ? content.state : Object.fromEntries(content.fields.map(fieldOf))),
          rebuilt,
        })),
        unusable: isUsed ? null : ('disagrees' as const),
        facts: used,
      };
    }),
  };
}

function replayableOf(
  plan: FactStretch['plan'],
  { situation, survey }: PreparedInputs,
): ReplayablePlan & Pick<Plan, 'baseline'> {
  const { order, poison } = situation;
  return { worker: { locality: 'global' }, order, poison, acceptGaps: true, logs: survey.logs, ...plan };
}

async function placeOn(
  { plan, range }: FactStretch,
  prepared: PreparedInputs,
  slack: number,
  work: LongWork,
): Promise<readonly PlacedFact[]> {
  const { situation, survey } = prepared;
  const spec = specOfPlan(
    replayableOf(plan, prepared),
    survey.logs.map(({ description }) => description),
  );
  const logs = survey.logs.map(({ log }) => log);
  const worker = await openWorker(situation.worker, situation.references, situation.tuning?.eventTimeoutMs);
  try {
    return await placeFacts(situation.facts ?? [], { survey, spec, logs, worker, range, slack }, work.signal);
  } finally {
    await worker.close();
  }
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
  return tryPlaced(prepared, replayableOf(known.plan, prepared), names, clear, work);
}

const nothingKnown: FactAgreement = { known: 0, agreeing: 0 };

const fieldOf = ([path, value]: readonly [readonly string[], unknown]): [string, unknown] => [path.join('.'), value];

/** All of a state takes the place of what is lost in front of it only where the source was found right before. */
function factOf({ content, place }: PlacedFact, isProven: boolean): StateFact {
  return 'state' in content ? { state: content.state, resets: isProven && place === 'clear' } : content;
}

function becameOf(
  { place }: PlacedFact,
  own: FactVerdict | undefined,
  joint: FactVerdict | undefined,
  isUsed: boolean,
  isContradicted: boolean,
): keyof FactRows {
  if (own === 'agrees' || own === 'differs') return own === 'agrees' ? 'agreeing' : 'differing';
  if (place !== 'clear' && place !== 'inside') return place;
  if (isContradicted) return 'contradicting';
  if (own === 'unfit' || joint === 'unfit') return 'unfit';
  if (!isUsed) return 'disbelieved';
  return joint === 'set' ? 'used' : joint === 'agrees' ? 'agreeing' : 'doubtful';
}

interface Verdicts {
  readonly of: ReadonlyMap<PlacedFact, FactVerdict>;
  /** Of those that differ. */
  readonly rebuilt: ReadonlyMap<PlacedFact, string | null>;
}

const noVerdicts: Verdicts = { of: new Map(), rebuilt: new Map() };

async function tryPlaced(
  prepared: PreparedInputs,
  plan: ReplayablePlan & Pick<Plan, 'baseline'>,
  names: readonly string[],
  facts: readonly PlacedFact[],
  work: LongWork,
): Promise<Verdicts> {
  if (facts.length === 0) return noVerdicts;
  const { situation, survey } = prepared;
  const lists = names.flatMap((name, partition) => {
    const own = facts.filter(({ source }) => source === name);
    return own.length === 0 ? [] : [{ name, partition, own }];
  });
  const sources = lists.map(({ name, partition, own }): OfferedSource => ({
    source: `facts:${name}`,
    partition,
    facts: own.map((fact) => ({
      key: fact.key,
      time: fact.time,
      fact: factOf(fact, true),
      isInside: fact.place === 'inside',
    })),
  }));
  const own = sources.map(({ source, partition, facts: { length } }, index): PlanSegment => ({
    scope: { kind: 'all' },
    source,
    topic: factTopic,
    incarnation: '',
    partition,
    from: '0',
    to: String(length),
    log: survey.logs.length + index,
    as: 'fact',
    events: length,
    fidelity: 'external',
  }));
  const ends = own.map(({ source, topic, incarnation, partition, to }) => ({
    source,
    topic,
    incarnation,
    partition,
    next: to,
  }));
  const spec = specOfPlan(
    {
      ...plan,
      segments: [...plan.segments, ...own],
      target: { position: [...plan.target.position, ...ends] },
      logEnd: [...plan.logEnd, ...ends],
      logs: [...plan.logs, ...sources],
    },
    survey.logs.map(({ description }) => description),
  );
  const request = { spec, baseline: plan.baseline, tuning: runTuning(situation.tuning), sources };
  const outcome: FactTrialOutcome = await runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#try-facts-job'),
      job: tryFactsJob,
      request: (forced) => ({ ...request, forced }),
      sources: { snapshots: situation.snapshots },
      spec,
      phase: 'prove',
      total: offsetsOf(spec),
    },
    work,
  );
  refuseInterrupted(work.signal);
  const of = new Map<PlacedFact, FactVerdict>();
  lists.forEach((list, number) => {
    list.own.forEach((fact, place) => of.set(fact, outcome.verdicts[number]?.[place] ?? 'unread'));
  });
  const rebuilt = new Map(
    outcome.rebuilt.flatMap(({ source, place, state }) => {
      const fact = lists[source]?.own[place];
      return fact === undefined ? [] : [[fact, state] as const];
    }),
  );
  return { of, rebuilt };
}

function notUsed(records: string, unusable: NonNullable<PlanFacts['unusable']>): FoundFacts['perSource'][number] {
  const agreement = nothingKnown;
  return { records, log: null, rows: noRows(), keys: 0, agreement, contradictions: [], unusable, facts: [] };
}

function noRows(): { -readonly [Name in keyof FactRows]: number } {
  return {
    used: 0,
    agreeing: 0,
    differing: 0,
    doubtful: 0,
    outside: 0,
    beforeBaseline: 0,
    repeated: 0,
    contradicting: 0,
    unfit: 0,
    disbelieved: 0,
  };
}
