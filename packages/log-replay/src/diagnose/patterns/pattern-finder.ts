import type { FaultPattern } from '../diagnosis.js';
import { faultKinds, type FaultKind } from '@eventmend/core/engine';
import { describeProperties } from './describe-pattern.js';
import { createFeatureReader, type Deploy, type FeatureRow, type PatternEvent } from './event-features.js';
import { featureColumns } from './feature-columns.js';
import { joinKinds, type Found, type KindGroup } from './join-kinds.js';
import { logLikelihoodRatio } from './log-likelihood.js';
import { holds } from './property.js';
import { createReservoir, type Reservoir } from './reservoir.js';
import { seededFractions } from './seeded-fractions.js';
import { selectPatterns, type PatternFinding } from './select-patterns.js';

/** Looks for what the faulty events of a stretch have in common and the others mostly have not. */
export interface PatternFinder {
  /** To be called once for every event of the stretch, faulty or not. `time`: effective, in milliseconds. */
  see(event: PatternEvent, time: number | null): void;
  /** To be called for each fault, beside `see`. */
  fault(kind: FaultKind, event: PatternEvent, time: number | null): void;
  /** The strongest first; empty where chance explains everything. */
  patterns(): readonly FaultPattern[];
}

export interface PatternOptions {
  /** When which version of the service came into force. */
  readonly deploys?: readonly Deploy[];
  /** The same seed draws the same samples. */
  readonly seed: number;
  /** Chance of any pattern at all where there is none, 0.01 by default. */
  readonly level?: number;
  /** Events that are kept to know what is usual, 10,000 by default. */
  readonly background?: number;
  /** Faults of each kind that are kept, 5,000 by default; of more, counts are estimated from a sample. */
  readonly faults?: number;
}

/** A finder over one stretch of events. Its memory is bounded by the samples, whatever it sees. */
export function createPatternFinder(options: PatternOptions): PatternFinder {
  const { deploys = [], seed, level = 0.01, background: size = 10_000, faults: mostFaults = 5000 } = options;
  const fraction = seededFractions(seed);
  const rising = [...deploys].sort((a, b) => a.at - b.at);
  const reader = createFeatureReader(rising);
  const background = createReservoir<FeatureRow>(size, fraction);
  const faults = new Map(faultKinds.map((kind) => [kind, createReservoir<FeatureRow>(mostFaults, fraction)]));
  const draw = (from: Reservoir<FeatureRow>, event: PatternEvent, time: number | null): void => {
    if (from.isDrawn()) from.put(reader.read(event, time));
  };

  return {
    see: (event, time) => draw(background, event, time),
    fault: (kind, event, time) => draw(faults.get(kind)!, event, time),
    patterns() {
      const rows = [...background.items];
      const usual = rows.map((_, row) => row);
      const groups = faultKinds
        .map((kind): KindGroup => {
          const { items, offered } = faults.get(kind)!;
          return { kind, total: offered, rows: items.map((item) => rows.push(item) - 1) };
        })
        .filter(({ total }) => total > 0);
      const columns = featureColumns(rows, reader.fields);
      const oneTopic = columns.some(({ field, values }) => field.origin === 'topic' && values.length <= 1);
      // Each kind gets its share of the level, and so have those together that show no pattern of their own.
      const share = level / (groups.length + 1);
      const search = (faulty: readonly number[]): readonly PatternFinding[] =>
        selectPatterns(columns, { faults: faulty, background: usual }, share);
      const apart = groups.map((group): Found => ({ groups: [group], findings: search(group.rows) }));
      const silent = apart.filter(({ findings }) => findings.length === 0).flatMap((one) => one.groups);
      const found =
        silent.length < 2
          ? apart
          : [
              ...apart.filter(({ findings }) => findings.length > 0),
              { groups: silent, findings: search(silent.flatMap((group) => group.rows)) },
            ];
      return joinKinds(found, groups)
        .map(({ kind, finding, of }) => ({
          kind,
          property: describeProperties(finding.properties, rising, oneTopic),
          ...count(finding, of, usual),
        }))
        .sort((a, b) => b.strength - a.strength);
    },
  };
}

function count(
  { properties }: PatternFinding,
  groups: readonly KindGroup[],
  usual: readonly number[],
): Omit<FaultPattern, 'kind' | 'property'> {
  const tests = properties.map(holds);
  const countIn = (rows: readonly number[]): number => rows.filter((row) => tests.every((test) => test(row))).length;
  const ofFaults = groups.reduce((sum, { total }) => sum + total, 0);
  const faults = groups.reduce((sum, { total, rows }) => sum + Math.round((total * countIn(rows)) / rows.length), 0);
  const sampled = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const sampledHaving = groups.reduce((sum, { rows }) => sum + countIn(rows), 0);
  const having = countIn(usual);
  return {
    faults,
    ofFaults,
    shareOfEvents: usual.length === 0 ? 0 : having / usual.length,
    strength: logLikelihoodRatio(sampledHaving, sampled, having, usual.length),
  };
}
