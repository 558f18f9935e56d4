import { specOfPlan, type ReplayablePlan } from '../../engine/spec/spec-of-plan.js';
import type { FactRows, Plan, PlanFacts, PlanSegment } from '../../model/plan/plan.js';
import type { StateFact } from '../../model/records/state-fact.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { placeFacts, type PlacedFact } from '../../evidence/facts/place-facts.js';
import { offsetsOf, runTuning } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { jobModule, runJob } from '../../evidence/inputs/run-job.js';
import { refuseInterrupted } from '../../evidence/proof/refuse-interrupted.js';
import type { StandInRange } from '../../evidence/stand-ins/stand-in.js';
import { agreementOf, isBelieved, type FactAgreement } from './choose-facts.js';
import { factTopic, type FactTrialOutcome, type FactVerdict, type OfferedSource } from './fact-trial.js';
import tryFactsJob from './try-facts-job.js';

/** The recovery that facts are for, without them: its logs stand in `prepared.survey`. */
export interface FactsWanted {
  readonly prepared: PreparedInputs;
  readonly plan: Pick<Plan, 'baseline' | 'segments' | 'target' | 'logEnd'>;
  readonly range: StandInRange;
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
export async function findFacts({ prepared, plan, range, slack }: FactsWanted, work: LongWork): Promise<FoundFacts> {
  const { situation, survey, facts: workerFacts } = prepared;
  const configs = situation.facts ?? [];
  const names = configs.map(({ name }) => name);
  const { order } = situation;
  const unusable =
    order.by !== 'time' ? 'order-not-by-time' : workerFacts.worker.deduplicate !== undefined ? 'deduplicates' : null;
  if (unusable !== null) return { perSource: names.map((records) => notUsed(records, unusable)) };
  const replayable: ReplayablePlan & Pick<Plan, 'baseline'> = {
    worker: { locality: 'global' },
    order,
    poison: situation.poison,
    acceptGaps: true,
    logs: survey.logs,
    ...plan,
  };
  const descriptions = survey.logs.map(({ description }) => description);
  const spec = specOfPlan(replayable, descriptions);
  const logs = survey.logs.map(({ log }) => log);
  const worker = await openWorker(situation.worker, situation.references, situation.tuning?.eventTimeoutMs);
  let placed: readonly PlacedFact[];
  try {
    placed = await placeFacts(configs, { survey, spec, logs, worker, range, slack }, work.signal);
  } finally {
    await worker.close();
  }
  const tryThem = (facts: readonly PlacedFact[]): Promise<Verdicts> =>
    tryPlaced(prepared, replayable, names, facts, work);
  const agreements = new Map<string, FactAgreement>();
  const alone = new Map<string, Verdicts>();
  for (const name of names) {
    const own = placed.filter(({ source, place }) => source === name && (place === 'clear' || place === 'inside'));
    const verdicts = await tryThem(own);
    alone.set(name, verdicts);
    agreements.set(name, agreementOf([...verdicts.of.values()]));
  }
  const believed = names.filter((name) => isBelieved(agreements.get(name) ?? nothingKnown));
  const contradicted = new Set(
    placed.filter(({ place, source }) => place === 'contradicting' && believed.includes(source)).map(({ key }) => key),
  );
  let joint: Verdicts = { of: new Map(), rebuilt: new Map() };
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
      for (const fact of ofSource) {
        const became = becameOf(fact, ownVerdicts?.get(fact), joint.of.get(fact), isUsed, contradicted.has(fact.key));
        rows[became]++;
        if (became !== 'used') continue;
        keys.add(fact.key);
        used.push({ key: fact.key, time: fact.time, fact: factOf(fact, agreement.known > 0) });
      }
      const told = [...(alone.get(records)?.rebuilt ?? []), ...joint.rebuilt].filter(
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
  if (place !== 'clear' && place !== 'inside') return place;
  if (own === 'agrees' || own === 'differs') return own === 'agrees' ? 'agreeing' : 'differing';
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

async function tryPlaced(
  prepared: PreparedInputs,
  plan: ReplayablePlan & Pick<Plan, 'baseline'>,
  names: readonly string[],
  facts: readonly PlacedFact[],
  work: LongWork,
): Promise<Verdicts> {
  if (facts.length === 0) return { of: new Map(), rebuilt: new Map() };
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
