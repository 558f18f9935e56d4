import { join, relative } from 'node:path';
import { compareFaults } from '../truth/compare-faults.js';
import type { DemoPlace } from '../prepare/demo-place.js';
import type { StoryFacts } from './prepare-story.js';
import { count, listOf, type Teller } from './teller.js';
import { whereCalled } from './where-called.js';

/** The parts of `eventmend recover --json` that the story tells. */
interface RecoverDocument {
  readonly run: {
    readonly runId: string;
    readonly strategy: string;
    readonly totals: { readonly offsets: number; readonly applied: number; readonly unavailable: number };
    readonly standIns?: readonly { readonly records: string; readonly applied: number }[];
  };
}

interface VerifyDocument {
  readonly verification: {
    readonly checks: readonly { readonly result: string }[];
    readonly verdict: { readonly verdict: string };
  };
}

interface ShownSum {
  readonly measure: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Chapter {
  readonly runId: string;
}

/** What happened, and what is wrong since. */
export function tellIncident({ say, heading }: Teller, facts: StoryFacts): void {
  const days = Math.round(facts.errorMs / 86_400_000);
  const planted: Record<string, number> = {};
  for (const { kind } of facts.faults) planted[kind] = (planted[kind] ?? 0) + 1;
  heading(`The incident: ${count(facts.flights)} flights between ${count(facts.airports)} airports`);
  say(
    'A service keeps books on airports: delays, backlogs, alerts. Order matters in them. From',
    `${facts.believedOnset} on, for ${days === 1 ? 'a day' : `${days} days`}, a faulty version of it handled some flights wrongly`,
    `(${listOf(planted)}). Since then the`,
    `books of ${facts.wrongAirports} of ${facts.airports} airports are wrong, and nobody knows which flights did it.`,
    'The flights are real (first half of 2001); the error is planted, so that the truth is known.',
  );
}

export async function tellWholeLog(teller: Teller, place: DemoPlace): Promise<Chapter> {
  const { say, heading, command } = teller;
  heading('1. The whole log survived: log-replay, exact');
  const { counts } = await command<{ readonly counts: Readonly<Record<string, number>> }>(
    'diagnose',
    'whole.incident.yaml',
  );
  const store = (name: string): string => join(place.store, 'diagnosis', name);
  const truth = compareFaults(
    join(place.data, 'truth', 'faults.ndjson'),
    store('faults.ndjson'),
    store('undetermined.ndjson'),
  );
  say(
    `told from the outputs that the service left: ${listOf(counts)}`,
    `held against what was planted: ${count(truth.found)} of ${count(truth.ofPlanted)} found, ${count(truth.falseAlarms)} false alarms`,
  );
  const run = await recover(teller, 'whole');
  say(`${count(run.totals.offsets)} flights replayed in order, each once, from the last snapshot proven right`);
  await verify(teller, run.runId, 'whole');
  return { runId: run.runId };
}

interface HalfPlanDocument {
  readonly plan: {
    readonly strategy: string;
    readonly standIns?: readonly { readonly agreement: { readonly known: number; readonly agreeing: number } }[];
  };
}

export async function tellHalfLog(teller: Teller, facts: StoryFacts): Promise<Chapter> {
  const { say, heading, command } = teller;
  heading('2. Half of the log of those days is gone: checkpoint and records');
  say(
    `Partitions 4 to 7 lost ${count(facts.lost.half)} flights. The airports reported every flight to another system, some`,
    'of them twice: departures.csv.',
  );
  const { plan } = await command<HalfPlanDocument>(
    ...['plan', 'half.incident.yaml', '--out', 'half.plan.json', '--force'],
  );
  const { known, agreeing } = plan.standIns![0]!.agreement;
  say(
    `chosen: ${plan.strategy}, since no log has all of it. The list has ${count(agreeing)} of ${count(known)} flights that the log`,
    'has too, as it has them: it can be trusted.',
  );
  const { run } = await command<RecoverDocument>('recover', 'half.incident.yaml', '--plan', 'half.plan.json');
  const applied = (run.standIns ?? []).reduce((sum, { applied: rows }) => sum + rows, 0);
  say(
    `${count(run.totals.offsets)} flights = ${count(run.totals.applied)} of the log + ${count(run.totals.unavailable)} lost; ${count(applied)} rows stand in for them, in order`,
  );
  await verify(teller, run.runId, 'half');
  return { runId: run.runId };
}

export async function tellLostWindow(teller: Teller, facts: StoryFacts): Promise<Chapter> {
  const { say, heading, command } = teller;
  heading('3. The log of those days is gone, and nobody has a list: estimates');
  const { plan } = await command<{
    readonly plan: {
      readonly estimates?: {
        readonly ensemble?: {
          readonly members: number;
          readonly donors: number;
          readonly sums: readonly ShownSum[];
          readonly off?: readonly { readonly measure: string; readonly run: number; readonly live: number }[];
        };
      };
    };
  }>('plan', 'window.incident.yaml', '--strategy', 'estimation', '--out', 'window.plan.json', '--force');
  const { members, donors, sums, off = [] } = plan.estimates!.ensemble!;
  const isLiveNearer = off.length > 0 && off.every(({ run, live }) => live < run);
  say(
    `${count(facts.lost.window)} flights are lost. ${count(members)} possible courses of those days are drawn from ${count(donors)} stretches`,
    'of the history, and the worker runs over each, and over the known days behind.',
    // How many flights were lost, the offsets say exactly.
    ...sums
      .filter(({ low, high }) => low < high)
      .map(
        ({ measure, estimate, low, high }) =>
          `${measure}: ${rounded(estimate)}, with 90 % probability ${rounded(low)} to ${rounded(high)} (truth: ${rounded(facts.trueSums[measure] ?? NaN)})`,
      ),
    ...off
      .slice(0, 1)
      .map(
        ({ measure, run, live }) =>
          `an airport's ${measure} are expected to be off by ${rounded(run)} here, and by ${rounded(live)} in the live state:`,
      ),
    ...(off.length === 0
      ? []
      : [
          isLiveNearer
            ? 'by that doing nothing is nearer, and the choice would not take this plan. It is carried out to show it.'
            : 'that is what the choice weighs.',
        ]),
  );
  const { run } = await command<RecoverDocument>('recover', 'window.incident.yaml', '--plan', 'window.plan.json');
  await verify(teller, run.runId, 'window');
  return { runId: run.runId };
}

interface EstimateDocument {
  readonly sum: { readonly result: EstimatedResult } | null;
  readonly keys: readonly { readonly key: string; readonly result: EstimatedResult }[];
}

type EstimatedResult =
  | { readonly status: 'refused' }
  | {
      readonly status: 'estimated';
      readonly estimate: number;
      readonly intervals: readonly { readonly level: number; readonly low: number; readonly high: number }[];
    };

export async function tellRecordsOnly({ say, heading, command }: Teller, facts: StoryFacts): Promise<void> {
  heading('4. Nothing but records: the worst case');
  say('No log and no snapshot: only how many flights left each airport a day, in daily.csv, without those days.');
  const { from, to, truth } = facts.lostDays;
  const document = await command<EstimateDocument>(
    ...['estimate', 'daily.csv', '--time', 'day', '--by', 'airport', '--value', 'departures'],
    ...['--from', from, '--to', to],
  );
  const inside = document.keys.filter(({ key, result }) => isInside(result, truth.get(key) ?? 0)).length;
  const refused = document.keys.filter(({ result }) => result.status === 'refused').map(({ key }) => key);
  const sum = document.sum?.result;
  const ofAll = [...truth.values()].reduce((total, departures) => total + departures, 0);
  if (sum?.status === 'estimated') {
    const { low, high } = sum.intervals.find(({ level }) => level === 0.9)!;
    say(
      `departures of those days: ${rounded(sum.estimate)}, with 90 % probability ${rounded(low)} to ${rounded(high)} (truth: ${count(ofAll)})`,
    );
  }
  say(
    `airport by airport the truth lies in ${count(inside)} of ${count(document.keys.length - refused.length)} intervals of 90 %`,
    ...(refused.length === 0 ? [] : [`refused: ${refused.join(', ')}`]),
    'Delays, backlogs and alerts depend on the order of single flights: nothing is said of them.',
  );
}

interface CompareDocument {
  readonly comparison: { readonly recoveries: readonly ComparedRecovery[] };
}

interface ComparedRecovery {
  readonly subject: { readonly kind: 'live' } | { readonly kind: 'run'; readonly strategy: string };
  readonly states: {
    readonly same: number;
    readonly differing: number;
    readonly wrongAs: Record<string, number>;
  } | null;
  readonly measures: readonly { readonly measure: string; readonly off: number; readonly offByKey: number }[];
}

const inTiers = ['log-replay', 'checkpoint', 'estimation', 'live (nothing)'];

function nameOf({ subject }: ComparedRecovery): string {
  return subject.kind === 'live' ? 'live (nothing)' : subject.strategy;
}

/** Holds the runs of all chapters against the truth. */
export async function tellComparison({ say, heading, command }: Teller): Promise<void> {
  heading('All of them against the truth, which no recovery was told');
  const { comparison } = await command<CompareDocument>(
    'compare',
    'whole.incident.yaml',
    '--truth',
    'truth/state.ndjson',
  );
  say('strategy      right  wrong  of these called exact  flights off  alerts off');
  const named = comparison.recoveries.map((recovery) => ({ ...recovery, name: nameOf(recovery) }));
  const rank = ({ name }: { readonly name: string }): number => inTiers.indexOf(name);
  for (const { name, states, measures } of named.sort((a, b) => rank(a) - rank(b))) {
    const off = (wanted: string): number => measures.find(({ measure }) => measure === wanted)?.offByKey ?? NaN;
    say(
      [
        name.padEnd(14),
        cell(states?.same, 5),
        cell(states?.differing, 6),
        cell(states?.wrongAs['exact'] ?? 0, 22),
        cell(off('flights handled'), 12),
        cell(off('alerts raised'), 11),
      ].join(' '),
    );
  }
}

/** Writes the page about the first run; the comparison is a chapter of it. */
export async function tellReport({ say, heading, command }: Teller, { runId }: Chapter): Promise<void> {
  heading('The page to look at, and to keep');
  const words = ['report', runId, '--incident', 'whole.incident.yaml', '--out', 'report.html', '--force'];
  const { file } = await command<{ readonly file: string }>(...words);
  say(relative(whereCalled, file));
}

function cell(number: number | undefined, width: number): string {
  return (number === undefined || Number.isNaN(number) ? '-' : count(number)).padStart(width);
}

function isInside(result: EstimatedResult, truth: number): boolean {
  if (result.status === 'refused') return false;
  const { low, high } = result.intervals.find(({ level }) => level === 0.9)!;
  return truth >= low && truth <= high;
}

async function recover({ command }: Teller, loss: string): Promise<RecoverDocument['run']> {
  const { run } = await command<RecoverDocument>('recover', `${loss}.incident.yaml`, '--yes');
  return run;
}

async function verify({ say, command }: Teller, runId: string, loss: string): Promise<void> {
  const { verification } = await command<VerifyDocument>('verify', runId, '--incident', `${loss}.incident.yaml`);
  const passed = verification.checks.filter(({ result }) => result === 'passed').length;
  say(
    `${count(passed)} of ${count(verification.checks.length)} checks passed; verdict: ${verification.verdict.verdict}`,
  );
}

function rounded(number: number): string {
  return count(Math.round(number * 10) / 10);
}
