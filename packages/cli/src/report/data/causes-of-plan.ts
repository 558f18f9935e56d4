import { describePartition, type Cause, type QuarantinedEvent } from '@eventmend/core/engine';
import type { Plan } from '@eventmend/core';
import type { ReportCause } from '../../documents/report-document.js';
import { countOf, formatCount } from '../../terminal/format.js';
import type { Mask } from '../mask/mask.js';

const mostLines = 24;

/** Puts causes of values into words, with the offsets, rows and draws that a plan and a run name for them. */
export class CausesOfPlan {
  readonly #plan: Plan;
  readonly #quarantined: readonly QuarantinedEvent[];
  readonly #mask: Mask;
  readonly #numbers = new Map<readonly Cause[], number>();
  readonly #byText = new Map<string, number>();
  readonly #provenances: (readonly ReportCause[])[] = [];

  /** @param quarantined the first events that were parked */
  constructor(plan: Plan, quarantined: readonly QuarantinedEvent[], mask: Mask) {
    this.#plan = plan;
    this.#quarantined = quarantined;
    this.#mask = mask;
  }

  /** The number of a list of causes, the same for the same ones. */
  numberOf(causes: readonly Cause[]): number {
    const known = this.#numbers.get(causes);
    if (known !== undefined) return known;
    const described = causes.map((cause) => this.#describe(cause));
    const text = JSON.stringify(described);
    const number = this.#byText.get(text) ?? this.#provenances.push(described) - 1;
    this.#byText.set(text, number);
    this.#numbers.set(causes, number);
    return number;
  }

  list(): ReportCause[][] {
    return this.#provenances.map((causes) => [...causes]);
  }

  #describe(cause: Cause): ReportCause {
    switch (cause.kind) {
      case 'baseline':
        return this.#baseline(cause);
      case 'range':
        return this.#range(cause);
      case 'hole': {
        const where = describePartition(cause);
        const ranges = this.#plan.segments
          .filter((of) => of.log === null && of.topic === cause.topic && of.partition === cause.partition)
          .map(rangeText);
        return { kind: 'hole', text: `events of ${where} that no log holds: ${holeWords[cause.reason] ?? cause.reason}`, detail: cut(ranges) };
      }
      case 'quarantine': {
        const events = this.#quarantined.filter(({ code, reason }) => code === cause.reason || reason === cause.reason);
        const named = (events.length === 0 ? this.#quarantined : events).map(
          ({ partition, offset }) => `${describePartition(partition)}@${offset}`,
        );
        return { kind: 'quarantine', text: `events that were parked: ${this.#mask.freeText(cause.reason)}`, detail: cut(named) };
      }
      case 'fact': {
        const facts = this.#plan.facts?.find(({ log }) => log === cause.log);
        return {
          kind: 'fact',
          text: `all of the state as ${facts?.records ?? 'another system'} states it`,
          detail: facts === undefined ? [] : [`${countOf(facts.keys, 'key')} set; ${formatCount(facts.agreement.agreeing)} of ${formatCount(facts.agreement.known)} known states agree`],
        };
      }
    }
  }

  #baseline({ part: number, basis }: Extract<Cause, { kind: 'baseline' }>): ReportCause {
    const part = this.#plan.baseline[number];
    const from = part?.source.kind === 'snapshot' ? `snapshot ${part.source.id}` : 'the beginning of the log';
    const places = (part?.position ?? []).map(
      ({ topic, partition, next }) => `${describePartition({ topic, partition })} up to offset ${next}`,
    );
    return { kind: 'baseline', text: `${from}, ${basis}`, detail: cut([...(part === undefined ? [] : [part.evidence]), ...places]) };
  }

  #range({ log, source }: Extract<Cause, { kind: 'range' }>): ReportCause {
    const { logs, segments, standIns = [], estimates } = this.#plan;
    const own = segments.filter((of) => of.log === log);
    const ranges = own.map(rangeText);
    if (source === 'estimate') {
      const { ensemble } = estimates ?? {};
      const draws =
        ensemble === undefined
          ? []
          : [`one of ${countOf(ensemble.members, 'possibility', 'possibilities')}, drawn with seed ${ensemble.seed} from ${countOf(ensemble.donors, 'stretch', 'stretches')} of the history`];
      return { kind: 'range', text: `events estimated by ${estimates?.estimator ?? 'an estimator'}`, detail: cut([...draws, ...ranges]) };
    }
    if (source === 'external') {
      const rows = standIns.find((of) => of.log === log);
      const agreement =
        rows === undefined
          ? []
          : [`${formatCount(rows.rows.used)} rows used, in the order of their times; ${formatCount(rows.agreement.agreeing)} of ${formatCount(rows.agreement.known)} known events agree`];
      return { kind: 'range', text: `rows of ${rows?.records ?? 'another system'} in the place of lost events`, detail: cut([...agreement, ...ranges]) };
    }
    const location = logs[log]?.location.split('/').at(-1) ?? `log ${log}`;
    return { kind: 'range', text: `events of the ${source === 'archive' ? 'archive' : 'log'} ${location}`, detail: cut(ranges) };
  }
}

const holeWords: Readonly<Record<string, string>> = {
  'stood-in': 'rows of other systems stand in for all of them',
  interpolated: 'as many were estimated, and known events follow',
  extrapolated: 'as many were estimated, and no known event follows',
  missing: 'lost',
  deleted: 'deleted',
  compacted: 'compacted away',
  damaged: 'damaged',
};

function rangeText({ topic, partition, from, to }: Plan['segments'][number]): string {
  return `${describePartition({ topic, partition })} offsets ${from}–${Number(to) - 1}`;
}

function cut(lines: readonly string[]): string[] {
  return lines.length <= mostLines ? [...lines] : [...lines.slice(0, mostLines), `and ${formatCount(lines.length - mostLines)} more`];
}
