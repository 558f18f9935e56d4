import type { Plan } from '@eventmend/core';
import type { BrokenLimit, ChoiceReason, PlanFigures, PlanPart, WeighedStrategy } from '@eventmend/core/engine';
import { countOf, formatCount, formatDuration } from '../terminal/format.js';
import { joinWords } from './join-words.js';

const shownParts = 6;

/** Which partitions a plan brings back in which way: `log-replay for orders[0-6]; checkpoint from c-0412 and payments.csv for …`. */
export function describeParts(plan: Plan, parts: readonly PlanPart[]): string {
  const described = parts.slice(0, shownParts).map((part) => describePart(plan, part));
  const more = parts.length - shownParts;
  return described.join('; ') + (more > 0 ? `; and ${countOf(more, 'partition')} more with losses` : '');
}

function describePart(plan: Plan, { strategy, partitions, lost, isLogless }: PlanPart): string {
  const where = describePartitions(partitions);
  if (isLogless === true) return `${strategy}${meansOf(plan)} for ${where}, of which no log is left`;
  if (lost.front + lost.inside + lost.end === 0) return `${strategy} for ${where}`;
  const [log, s, many] = partitions.length === 1 ? ['log', 's', ''] : ['logs', '', ' in all'];
  const losses = [
    lost.front === 0 ? '' : `whose ${log} begin${s} ${countOf(lost.front, 'event')} late${many}`,
    lost.inside === 0 ? '' : `whose ${log} lack${s} ${countOf(lost.inside, 'event')} inside${many}`,
    lost.end === 0 ? '' : `whose ${log} end${s} ${countOf(lost.end, 'event')} early${many}`,
  ].filter((text) => text !== '');
  return `${strategy}${meansOf(plan)} for ${where}, ${joinWords(losses)}`;
}

/** What the plan has where events are lost. */
function meansOf(plan: Plan): string {
  const begins = plan.baseline.flatMap(({ source }) => (source.kind === 'snapshot' ? [source.id] : []));
  const records = [...(plan.standIns ?? []), ...(plan.facts ?? [])].flatMap(({ records: name, log }) =>
    log === null ? [] : [name],
  );
  const means = [
    ...(begins.length === 0 ? [] : [joinWords([...new Set(begins)])]),
    ...records,
    ...(plan.estimates === undefined ? [] : ['estimates']),
  ];
  return means.length === 0 ? '' : ` from ${joinWords(means)}`;
}

/** `orders[0-6,9]`. */
function describePartitions(partitions: PlanPart['partitions']): string {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return joinWords([...topics].map(([topic, numbers]) => `${topic}[${rangesOf(numbers)}]`));
}

function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

const reasons: Readonly<Record<ChoiceReason, string>> = {
  'nothing-lost': 'it loses nothing, so no further plan was made',
  'only-plan': 'no other strategy has a plan',
  limits: 'it holds the limits',
  'expected-wrong-keys': 'fewest keys are expected to be wrong, as far as that is known',
  'keeps-live': 'it keeps the live value of a key where that is more likely right',
  'lost-events': 'fewest events are lost',
  fidelity: 'as much is lost otherwise, and the values would be called worse',
  'replayed-events': 'it is worth as much as the others and replays fewer events',
  tier: 'it is worth as much as the others, and of the better tier',
};

export function describeChoiceReason(reason: ChoiceReason): string {
  return reasons[reason];
}

/** What became of a strategy, with the figures of its plan where it has one. */
export function describeWeighed(weighed: WeighedStrategy): string {
  const outcome = describeOutcome(weighed);
  if (!('figures' in weighed) || weighed.outcome === 'worse-than-live') return outcome;
  const { lostEvents, fidelity, durationMs } = weighed.figures;
  const lost = lostEvents === 0 ? 'nothing lost' : describeLost(lostEvents);
  const time = durationMs === null ? 'time not measured' : formatDuration(durationMs);
  return `${outcome}: ${lost}, called ${fidelity}, ${describeWrong(weighed.figures)}, ${time}`;
}

/** Null where nobody knows. */
function describeLost(events: number | null): string {
  return events === null ? 'nobody knows how many events are lost' : `${countOf(events, 'event')} lost`;
}

/** Why a strategy was not taken, or that it was; without its figures. */
export function describeOutcome(weighed: WeighedStrategy): string {
  switch (weighed.outcome) {
    case 'chosen':
      return 'chosen';
    case 'second':
      return weighed.broken.length === 0
        ? 'has a plan'
        : `does not hold the limits: ${weighed.broken.map(describeBroken).join('; ')}`;
    case 'worse-than-live':
      if (weighed.figures.isLiveNearer === true) {
        return 'worse than nothing: its values are expected to be further from what is right than those of the live state';
      }
      return `worse than nothing: ${describeWrong(weighed.figures)}, and ${formatCount(Math.round(weighed.figures.liveWrongKeys ?? 0))} of the live state`;
    case 'refused':
      return `refused: ${describeRefusal(weighed.error.message)}`;
    case 'gaps-not-accepted':
      return `has nothing in the place of ${weighed.lostEvents === null ? 'the lost events' : countOf(weighed.lostEvents, 'lost event')}; goes on without only with --accept-gaps`;
    case 'not-asked':
      return `not asked: ${notAsked[weighed.reason]}`;
  }
}

/** Why nothing is estimated, by the code that the error ends with. */
export const refusedEstimates: Readonly<Record<string, string>> = {
  'nothing-lost': 'nothing is lost',
  'unplaced-gap': 'nobody can say when the lost events happened',
  'too-few-donors': 'the history has too few stretches as long as what is lost',
  'no-donor-events': 'in the stretches that could stand in for what is lost, nothing happened',
  'keys-do-not-recur': 'keys seldom come again, so no history tells whose events were lost',
  'draws-fail': 'the worker cannot handle events that are drawn from the history',
  'no-copies': 'no log is left, and no copy of the states is of a known time from before the error, or trusted',
  'no-moment': 'no log is left, and nobody says of which moment (--target-time)',
  'no-measures': 'no log is left, and the worker declares no measure of its states',
  'no-grid':
    'the copies of the states follow no grid of hours, days, weeks or months, or the moment is that of the last one',
  'too-few-seasons': 'the copies of the states reach over less than two seasons',
  'gap-too-long': 'the moment lies further behind the copies of the states than they reach back',
  'too-few-masks': 'there are too few copies of the states to try it on',
  'no-method': 'no method can carry the history on',
  'no-skill': 'the history of the sums says no more than their mean',
  'level-shift': 'the level of the sums moved',
  'contradicting-total': 'a control total contradicts what is drawn from the history',
};

/** Why a strategy refuses. */
export function describeRefusal(message: string): string {
  const code = /^nothing is estimated: ([a-z-]+)$/.exec(message)?.[1] ?? '';
  const words = refusedEstimates[code];
  return words === undefined ? message : `nothing is estimated: ${words}`;
}

const notAsked: Readonly<Record<Extract<WeighedStrategy, { outcome: 'not-asked' }>['reason'], string>> = {
  'nothing-lost': 'nothing is lost',
  'better-known': 'estimates alone use no records, and make no choice between them and live values',
  'loss-accepted': 'the loss is accepted',
};

function describeWrong({ expectedWrongKeys }: PlanFigures): string {
  return expectedWrongKeys === null
    ? 'number of wrong keys not known'
    : `${countOf(Math.round(expectedWrongKeys), 'key')} expected to be wrong`;
}

export function describeBroken(broken: BrokenLimit): string {
  switch (broken.kind) {
    case 'max-loss': {
      const { limit, value } = broken;
      const allowed = 'events' in limit ? countOf(limit.events, 'event') : `${formatCount(limit.share * 100)} %`;
      return `--max-loss ${allowed}: ${describeLost(value)}`;
    }
    case 'deadline':
      return `--deadline ${formatDuration(broken.limit)}: ${broken.value === null ? 'its time was never measured, so it is not known' : `takes up to ${formatDuration(broken.value)}`}`;
    case 'min-fidelity':
      return `--min-fidelity ${broken.limit}: the result is called ${broken.value}`;
  }
}
