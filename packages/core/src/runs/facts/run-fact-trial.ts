import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { PlanSegment } from '../../model/plan/plan.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { placeFacts } from '../../evidence/facts/place-facts.js';
import type { PlacedFact } from '../../evidence/facts/placed-fact.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { jobModule } from '../../evidence/inputs/run-job.js';
import type { StandInRange } from '../../evidence/stand-ins/stand-in.js';
import { replayableWay, runTrial, type TrialWay } from '../trial/run-trial.js';
import { factTopic, type FactVerdict, type OfferedSource } from './fact-trial.js';
import { stateFactOf } from './state-fact-of.js';
import tryFactsJob from './try-facts-job.js';

/** A way through the logs on which facts are held against what is rebuilt. */
export interface FactStretch {
  readonly plan: TrialWay;
  readonly range: StandInRange;
}

/** Places the facts of all sources on a way through the logs. */
export async function placeOn(
  { plan, range }: FactStretch,
  prepared: PreparedInputs,
  slack: number,
  work: LongWork,
): Promise<readonly PlacedFact[]> {
  const { situation, survey } = prepared;
  const spec = specOfPlan(
    replayableWay(plan, prepared),
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

/** What came of facts. */
export interface Verdicts {
  readonly of: ReadonlyMap<PlacedFact, FactVerdict>;
  /** Of those that differ. */
  readonly rebuilt: ReadonlyMap<PlacedFact, string | null>;
}

export const noVerdicts: Verdicts = { of: new Map(), rebuilt: new Map() };

/** Offers facts to a replay, all at once. */
export async function tryPlaced(
  prepared: PreparedInputs,
  stretch: FactStretch['plan'],
  names: readonly string[],
  facts: readonly PlacedFact[],
  work: LongWork,
): Promise<Verdicts> {
  if (facts.length === 0) return noVerdicts;
  const { survey } = prepared;
  const plan = replayableWay(stretch, prepared);
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
      fact: stateFactOf(fact, true),
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
  const outcome = await runTrial(
    prepared,
    {
      ...plan,
      segments: [...plan.segments, ...own],
      target: { position: [...plan.target.position, ...ends] },
      logEnd: [...plan.logEnd, ...ends],
      logs: [...plan.logs, ...sources],
    },
    { module: jobModule(import.meta.url, '#try-facts-job'), job: tryFactsJob, own: { sources } },
    work,
  );
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
