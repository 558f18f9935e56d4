import { canonicalJson } from '../../model/json/canonical-json.js';
import { completePosition, endOf } from '../coverage/boundary-positions.js';
import { joinTimes, touchesTime, type BlindTime } from '../matching/blind-time.js';
import { knownEventsAround } from '../matching/known-events.js';
import type { MatchRule } from '../matching/match-rule.js';
import { withClock } from '../stand-ins/find-stand-ins.js';
import type { StandInRange } from '../stand-ins/stand-in.js';
import type { FactsConfig } from './facts-config.js';
import type { FactPlace, FactSurroundings, PlacedFact } from './placed-fact.js';
import { readFacts } from './read-facts.js';
import { watchEventsNear } from './watch-events-near.js';

/** Any event, recognised by nothing: only when it was is asked for. */
const anyEvent: MatchRule = {
  topic: null,
  types: null,
  id: null,
  key: null,
  time: 'time',
  within: null,
  amount: null,
  typed: false,
  reversible: false,
  from: null,
  until: null,
};

/**
 * Places what other systems say of states among the events, by time. All logs are read twice.
 * @throws RecoveryError what reading the rows throws
 */
export async function placeFacts(
  configs: readonly FactsConfig[],
  { survey, spec, logs, worker, range, slack }: FactSurroundings,
  signal?: AbortSignal,
): Promise<readonly PlacedFact[]> {
  const around = {
    from: withClock(range.from, range.fromTime ?? null),
    to: withClock(completePosition(range.to, endOf(survey)), range.toTime ?? null),
    ...(range.beginsWithinLoss === true && { beginsWithinLoss: true }),
  };
  const events = knownEventsAround(survey, around, worker, anyEvent);
  const pages = events.read(signal)[Symbol.asyncIterator]();
  while ((await pages.next()).done !== true) {
    // What is lost is known once all are read.
  }
  const { lost } = events;
  const topics = [...new Set(survey.partitions.map(({ topic }) => topic))];
  const timesOf = (...places: readonly Parameters<typeof lost.of>[1][]): readonly BlindTime[] =>
    joinTimes(topics.flatMap((topic) => places.flatMap((place) => lost.of(topic, place))));
  const within = timesOf('within');
  const unclear = timesOf('before', 'behind', 'undecodable');
  const edges = within.flatMap(({ until }) => (until === Infinity ? [] : [{ from: until, until }]));
  const begin = beginOf(range, around.from);
  const end = range.toTime ?? Infinity;
  const placeOf = ({ from, until }: BlindTime): FactPlace => {
    if (Number.isNaN(from)) return 'doubtful';
    if (until <= begin) return 'beforeBaseline';
    if (until > end) return 'outside';
    if (from <= begin || touchesTime(unclear, { from, until }) || touchesTime(edges, { from, until }))
      return 'doubtful';
    return touchesTime(within, { from, until }) ? 'inside' : 'clear';
  };
  const facts: PlacedFact[] = [];
  for (const config of configs) {
    const { earlier, later } = config.within;
    const ofSource = (await readFacts(config)).map((fact): PlacedFact => {
      const window = { from: fact.time - later - lost.disorder, until: fact.time + earlier + lost.disorder };
      return { ...fact, window, place: placeOf(window) };
    });
    markRepeated(ofSource);
    facts.push(...ofSource);
  }
  const latest = await watchEventsNear(facts, { survey, spec, logs, worker, around, slack }, signal);
  const isPlaced = ({ place }: PlacedFact): boolean => place === 'clear' || place === 'inside';
  if (range.toTime == null) {
    // What happened behind the last event nobody knows: another may have, that no log has.
    for (const fact of facts) if (isPlaced(fact) && fact.window.until > latest) fact.place = 'outside';
  }
  const order = new Map(configs.map(({ name }, index) => [name, index]));
  const rank = ({ source }: PlacedFact): number => order.get(source) ?? 0;
  return facts.sort((a, b) => a.time - b.time || rank(a) - rank(b) || a.row - b.row);
}

/** Where no log is left of what a baseline had read, it is its time that tells. */
function beginOf({ fromTime = null, beginsWithinLoss = false }: StandInRange, from: StandInRange['from']): number {
  if (fromTime === -Infinity) return -Infinity;
  return beginsWithinLoss ? (fromTime ?? Infinity) : momentOf(from);
}

/** A moment that no event in front of a position is behind; Infinity where nobody knows one. */
function momentOf(position: StandInRange['from']): number {
  return Math.max(
    -Infinity,
    ...position.map(({ next, order }) =>
      next === 0 ? -Infinity : Number.isFinite(order.clock) ? order.clock : Infinity,
    ),
  );
}

/** Two rows about one key and time say the same, or contradict each other: then nobody knows which is right. */
function markRepeated(facts: readonly PlacedFact[]): void {
  const first = new Map<string, PlacedFact>();
  for (const fact of facts) {
    const name = `${fact.time} ${fact.key}`;
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, fact);
    } else if (canonicalJson(earlier.content) === canonicalJson(fact.content)) {
      fact.place = 'repeated';
    } else {
      earlier.place = 'contradicting';
      fact.place = 'contradicting';
    }
  }
}
