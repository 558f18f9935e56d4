import type { RecordedEventRef, FaultKind, OffsetGap } from '@eventmend/core/engine';
import type { Fault, Undetermined } from '../fault.js';
import { behindHole } from '../follow/undecided.js';
import type { CutComparisons, Discrepancy, StateCut } from './compare-through-cuts.js';
import type { GatheredEvent } from './gather-events.js';
import type { Judgement } from './judge-suspect.js';
import { accusationsUnder } from './systematic-candidates.js';
import type { Accusation } from './single-faults.js';
import type { DifferingKey, StateExplanations, SystematicExplanation } from './state-explanations.js';
import type { Suspect } from './suspect.js';
import type { SystematicFinding } from './try-systematic.js';

/** So many explanations are named where several are equal. */
const namedExplanations = 3;

/** Puts down what is told of each differing key, in words, and closes to the result. */
export class ExplanationReport {
  readonly #startName: string | null;
  readonly #cuts: readonly StateCut[];
  readonly #found: CutComparisons;
  readonly #faults: Fault[] = [];
  readonly #undetermined: Undetermined[] = [];
  readonly #systematic: SystematicExplanation[] = [];
  readonly #explained = new Set<string>();
  readonly #leftOut: readonly OffsetGap[];
  #orderNotDetermined = 0;

  constructor(
    startName: string | null,
    cuts: readonly StateCut[],
    found: CutComparisons,
    leftOut: readonly OffsetGap[] = [],
  ) {
    this.#startName = startName;
    this.#cuts = cuts;
    this.#found = found;
    this.#leftOut = leftOut;
  }

  orderNotDetermined(key: string): void {
    this.#orderNotDetermined++;
    this.#open([key], {
      reason: 'order not determined: another permissible order of the partitions may explain it',
      missing:
        'the order in which the service handled the events (a recorded order, or outputs in the order of handling)',
    });
  }

  behindHole(key: string): void {
    this.#open([key], behindHole);
  }

  parked(key: string): void {
    this.#open([key], {
      reason: 'an event that it depends on is in quarantine, so that nobody knows its right state',
      missing: 'a worker that can handle the event',
    });
  }

  tooManyEvents(suspect: Suspect, limit: number): void {
    this.#open(this.#wrong(suspect), {
      reason: `more than ${limit.toLocaleString('en-US')} events of it lie ${this.#between(suspect)}, or too many in all`,
      missing: `a snapshot from ${this.#between(suspect)}`,
    });
  }

  readsWrongKeys(suspect: Suspect, before: string | null): void {
    this.#open(this.#wrong(suspect), {
      reason: `its events also read other keys, whose states may have been wrong already${before === null ? '' : ` at ${before}`}`,
      missing: this.#whatWouldDecide(suspect),
    });
  }

  noEvents(suspect: Suspect): void {
    this.#open(this.#wrong(suspect), {
      reason: `no event ${this.#between(suspect)} names it, so that no handling of events explains it`,
      missing: 'another way in which the state was written',
    });
  }

  explainedBy(suspect: Suspect, finding: SystematicFinding): void {
    const accusations = accusationsUnder(finding.candidate, suspect);
    this.#accuse(suspect, accusations, () => this.#textOf(finding));
  }

  contested(suspect: Suspect, findings: readonly SystematicFinding[]): void {
    const names = findings.map(({ candidate }) => `all events with ${candidate.property} ${candidate.kind}`);
    const kinds = findings.map(({ candidate }) => candidate.kind);
    this.#open(this.#wrong(suspect), {
      suspicion: oneKind(kinds),
      reason: `explained in several ways: ${listed(names)}`,
      missing: this.#whatWouldDecide(suspect),
    });
  }

  judged(suspect: Suspect, judgement: Judgement): void {
    const keys = this.#wrong(suspect);
    const missing = this.#whatWouldDecide(suspect);
    switch (judgement.judged) {
      case 'one': {
        const { accusations, tried } = judgement;
        const [first] = accusations;
        const what = accusations.map((one) => described(suspect, one)).join(' and ');
        const silent = first?.kind === 'missed' ? ' (or handled without an effect on the state)' : '';
        const from = this.#cuts[suspect.cut]?.id ?? '';
        this.#accuse(
          suspect,
          accusations,
          () =>
            `${what}${silent} leads to the state at ${from}; no other single fault does (${tried.toLocaleString('en-US')} ways tried, ${this.#between(suspect)})`,
        );
        break;
      }
      case 'perhaps': {
        const { accusations } = judgement;
        const what = accusations.map((one) => described(suspect, one)).join(' and ');
        this.#open(keys, {
          suspicion: oneKind(accusations.map(({ kind }) => kind)),
          reason: `${what} explains it, and so may a wrong result of some event ${this.#between(suspect)}`,
          missing,
        });
        break;
      }
      case 'several': {
        const { explanations } = judgement;
        const names = explanations.map((all) => all.map((one) => described(suspect, one)).join(' and '));
        const kinds = explanations.flatMap((all) => all.map(({ kind }) => kind));
        this.#open(keys, { suspicion: oneKind(kinds), reason: `explained in several ways: ${listed(names)}`, missing });
        break;
      }
      case 'pairs-only': {
        const names = judgement.explanations.map((all) => all.map((one) => described(suspect, one)).join(' and '));
        this.#open(keys, {
          reason: `no single fault explains it; several at once may: ${listed(names)}`,
          missing,
        });
        break;
      }
      case 'none':
        this.#open(keys, {
          reason: `no single fault explains it: ${this.#between(suspect)} more than one event was handled wrongly, or with a wrong result`,
          missing,
        });
        break;
      case 'not-followed':
        this.#open(keys, {
          reason: 'its events also read or write other keys, whose further events were not followed',
          missing,
        });
        break;
      case 'no-budget':
        this.#open(keys, { reason: 'there are too many ways in which its events may have been handled', missing });
        break;
    }
  }

  systematic(findings: readonly SystematicFinding[], suspects: readonly Suspect[]): void {
    const ofKeys = suspects.reduce((sum, suspect) => sum + this.#wrong(suspect).length, 0);
    for (const finding of findings) {
      const { candidate, events, healthyKept, also } = finding;
      this.#systematic.push({
        kind: candidate.kind,
        property: candidate.property,
        also,
        events,
        explained: this.#keysOf(finding),
        ofKeys,
        healthyKept,
      });
    }
  }

  close(): StateExplanations {
    const { compared, discrepancies, beyond, notReplayed } = this.#found;
    if (beyond.size > 0) {
      this.#undetermined.push({
        event: null,
        key: null,
        suspicion: 'any',
        reason: `${beyond.size.toLocaleString('en-US')} more differing keys were not looked into`,
        missing: 'a higher limit of keys',
      });
    }
    const differing = discrepancies.size + beyond.size + notReplayed.size;
    const explained = this.#explained.size;
    return {
      notCompared: null,
      ...(this.#leftOut.length > 0 ? { leftOut: this.#leftOut } : {}),
      compared,
      keys: {
        differing,
        explained,
        undetermined: differing - explained,
        orderNotDetermined: this.#orderNotDetermined,
        notLookedInto: beyond.size,
      },
      faults: this.#faults,
      undetermined: this.#undetermined,
      systematic: this.#systematic,
      differing: [...discrepancies.values()].map((one) => this.#onsetOf(one)).sort((a, b) => (a.key < b.key ? -1 : 1)),
    };
  }

  #onsetOf({ key, cut, difference }: Discrepancy): DifferingKey {
    return { key, agreedAt: this.#nameBefore(cut), differsAt: this.#cuts[cut]?.id ?? '', difference };
  }

  #textOf(finding: SystematicFinding): string {
    const { candidate, events } = finding;
    const count = events.toLocaleString('en-US');
    const keys = this.#keysOf(finding).toLocaleString('en-US');
    return `all ${count} events with ${candidate.property} ${candidate.kind}: explains ${keys}`;
  }

  #keysOf({ explained }: SystematicFinding): number {
    let keys = 0;
    for (const suspect of explained.keys()) keys += this.#wrong(suspect).length;
    return keys;
  }

  #accuse(suspect: Suspect, accusations: readonly Accusation[], evidence: () => string): void {
    for (const accusation of accusations) {
      const event = suspect.events[accusation.event] as GatheredEvent;
      const other = accusation.kind === 'out-of-order' ? (suspect.events[accusation.other ?? -1] ?? null) : null;
      const key = event.keys.find((name) => this.#found.discrepancies.get(name)?.cut === suspect.cut);
      this.#faults.push({
        kind: accusation.kind,
        event: refOf(event),
        time: Number.isFinite(event.now) ? event.now : null,
        keys: event.keys,
        other: other === null ? null : refOf(other),
        evidence: evidence(),
        difference: key === undefined ? null : (this.#found.discrepancies.get(key)?.difference ?? null),
      });
    }
    for (const key of this.#wrong(suspect)) this.#explained.add(key);
  }

  #open(
    keys: readonly string[],
    told: { readonly suspicion?: FaultKind | 'any'; readonly reason: string; readonly missing: string },
  ): void {
    for (const key of keys) {
      this.#undetermined.push({
        event: null,
        key,
        suspicion: told.suspicion ?? 'any',
        reason: told.reason,
        missing: told.missing,
      });
    }
  }

  /** The keys of a suspect that differ; its others only come along. */
  #wrong({ keys, cut }: Suspect): readonly string[] {
    return keys.filter((key) => this.#found.discrepancies.get(key)?.cut === cut);
  }

  #nameBefore(cut: number): string | null {
    return cut === 0 ? this.#startName : (this.#cuts[cut - 1]?.id ?? null);
  }

  #between({ cut }: Suspect): string {
    return `between ${this.#nameBefore(cut) ?? 'the beginning of the log'} and ${this.#cuts[cut]?.id ?? ''}`;
  }

  #whatWouldDecide(suspect: Suspect): string {
    return `outputs of the key, a ledger of handled events or a snapshot ${this.#between(suspect)}`;
  }
}

function described({ events }: Suspect, accusation: Accusation): string {
  const event = nameOf(events[accusation.event]);
  switch (accusation.kind) {
    case 'missed':
      return `${event} missed`;
    case 'twice':
      return `${event} applied twice`;
    case 'out-of-order':
      return accusation.other === null
        ? `${event} handled only later`
        : `${event} handled after ${nameOf(events[accusation.other])}`;
  }
}

function nameOf(gathered: GatheredEvent | undefined): string {
  if (gathered === undefined) return 'an event';
  const { topic, partition, offset } = gathered.event;
  return `${topic}[${partition}]@${offset}`;
}

function refOf({ event: { topic, partition, offset } }: GatheredEvent): RecordedEventRef {
  return { topic, partition, offset };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namedExplanations).join('; ');
  return names.length > namedExplanations ? `${shown}; and ${names.length - namedExplanations} more` : shown;
}

function oneKind(kinds: readonly FaultKind[]): FaultKind | 'any' {
  const [first] = kinds;
  return first !== undefined && kinds.every((kind) => kind === first) ? first : 'any';
}
