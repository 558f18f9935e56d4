import { describePartition, describeTime, lanesOf, type ReplaySpec } from '@eventmend/core/engine';
import { callBudget } from './call-budget.js';
import { isPerhapsAccident } from './common-accident.js';
import type { CutComparisons } from './compare-through-cuts.js';
import { eventProperties } from './event-properties.js';
import type { Folding } from './fold-otherwise.js';
import type { GatheredEvent } from './gather-events.js';
import { KnownWrites } from './known-writes.js';
import { judgeSuspect } from './judge-suspect.js';
import { stretchCandidates, type Axis } from './missed-stretches.js';
import { hasTooManyEvents, readsWrongKeys } from './beyond-reach.js';
import type { Suspect } from './suspect.js';
import { accusationsUnder, type SystematicCandidate } from './systematic-candidates.js';
import { trySystematic, keysOf, type SystematicFinding } from './try-systematic.js';
import type { ExplanationReport } from './explanation-report.js';
import type { ExplanationRequest } from './explanation-request.js';
import type { GatheredSuspects } from './gather-suspects.js';

/** Tries first what explains many keys at once, then each key alone, and writes into the book what came of it. */
export async function judgeSuspects(
  { spec, inputs, limits, control, cuts, accused }: ExplanationRequest,
  book: ExplanationReport,
  { suspects, healthy, tooMany }: GatheredSuspects,
  found: CutComparisons,
): Promise<void> {
  const lanes = lanesOf(spec);
  const folding: Folding = {
    instance: inputs.instance,
    control,
    laneOf: (place) => (lanes.length === 1 ? { lane: 0, place } : { lane: place, place: 0 }),
    known: new KnownWrites(),
  };
  const testable = suspects.filter((suspect) => {
    if (hasTooManyEvents(suspect, tooMany)) book.tooManyEvents(suspect, limits.eventsPerKey);
    else if (readsWrongKeys(suspect, found)) book.readsWrongKeys(suspect, cuts[suspect.cut - 1]?.id ?? null);
    else if (suspect.events.length === 0) book.noEvents(suspect);
    else return true;
    return false;
  });
  if (accused !== null && testable.every(({ keys }) => keys.every((key) => accused.has(key)))) return;
  const budget = callBudget(limits.calls, null);
  // Half of the calls at the most, so that enough are left for each key alone.
  const common = callBudget(limits.calls / 2, budget);
  const candidates = [
    ...propertyCandidates(spec, [...testable, ...healthy]),
    ...(await stretchCandidates(testable, axesOf(spec), folding, common, control)),
  ];
  const findings = await trySystematic(candidates, testable, healthy, folding, common, control);
  book.systematic(findings, suspects);
  const doubted = new Set<SystematicFinding>();
  for (const finding of findings) {
    if (finding.explained.size > 1 && (await isPerhapsAccident(finding, candidates, folding, common))) {
      doubted.add(finding);
    }
  }
  const { chosen, contested } = chooseSystematic(findings, doubted);
  const mayMove = (a: GatheredEvent, b: GatheredEvent): boolean => a.place === b.place || spec.order.by !== 'time';
  for (const suspect of testable) {
    if (control.stopRequested) return;
    const finding = chosen.get(suspect);
    const rivals = contested.get(suspect);
    if (finding !== undefined) book.explainedBy(suspect, finding);
    else if (rivals !== undefined) book.contested(suspect, rivals);
    else {
      const patterns = findings.filter(({ explained }) => explained.has(suspect));
      const judgement = await judgeSuspect(
        suspect,
        patterns.map(({ candidate }) => accusationsUnder(candidate, suspect)),
        mayMove,
        folding,
        callBudget(limits.callsPerKey, budget),
      );
      book.judged(suspect, judgement);
    }
  }
}

function propertyCandidates(spec: ReplaySpec, all: readonly Suspect[]): readonly SystematicCandidate[] {
  const events = all.flatMap((suspect) => suspect.events.slice(suspect.first, suspect.end));
  const describe = (place: number): string => {
    const id = spec.partitions[place]?.id;
    return id === undefined ? `partition ${place}` : `partition ${describePartition(id)}`;
  };
  return eventProperties(events, describe).flatMap(({ name, holds, values }) =>
    (['missed', 'twice'] as const).map((kind) => ({
      kind,
      property: name,
      holds,
      repeats: 'one-by-one' as const,
      complexity: values,
    })),
  );
}

function axesOf(spec: ReplaySpec): readonly Axis[] {
  const along: Axis = {
    name: (from, to) => `time from ${describeTime(from.now)} to ${describeTime(to.now)}`,
    at: ({ seq }) => seq,
  };
  const offsets = spec.partitions.map(({ id }, place): Axis => ({
    name: (from, to) => `${describePartition(id)} offsets ${from.event.offset} to ${to.event.offset}`,
    at: (event) => (event.place === place ? event.event.offset : null),
  }));
  return spec.partitions.length > 1 ? [along, ...offsets] : offsets;
}

/** What the statements about many events decide. */
interface SystematicChoice {
  /** Suspects that one statement explains together with others, and none of its rivals otherwise. */
  readonly chosen: ReadonlyMap<Suspect, SystematicFinding>;
  /** Suspects that several statements explain, each in its own way. */
  readonly contested: ReadonlyMap<Suspect, readonly SystematicFinding[]>;
}

/** A statement that explains fewer suspects decides nothing. */
const fewestSuspects = 3;
/** A statement that explains at least this share of what the best one does is a rival of it. */
const rivalShare = 0.5;

/**
 * A statement that explains several suspects at once is better than as many faults that have nothing to do with each
 * other. One that explains one or two is no better than a fault of each alone, and left to their judgement: two faults that happen
 * to stand side by side look like a stretch.
 * @param findings the best first
 * @param doubted those that may hold by accident: they decide nothing, and still speak against others
 */
function chooseSystematic(
  findings: readonly SystematicFinding[],
  doubted: ReadonlySet<SystematicFinding>,
): SystematicChoice {
  const chosen = new Map<Suspect, SystematicFinding>();
  const contested = new Map<Suspect, readonly SystematicFinding[]>();
  for (const finding of findings) {
    if (finding.explained.size < fewestSuspects || doubted.has(finding)) continue;
    for (const [suspect, name] of finding.explained) {
      if (chosen.has(suspect) || contested.has(suspect)) continue;
      const rivals = findings.filter((other) => {
        const otherwise = other.explained.get(suspect);
        return otherwise !== undefined && otherwise !== name && keysOf(other) >= keysOf(finding) * rivalShare;
      });
      if (rivals.length === 0) chosen.set(suspect, finding);
      else contested.set(suspect, [finding, ...rivals]);
    }
  }
  return { chosen, contested };
}
