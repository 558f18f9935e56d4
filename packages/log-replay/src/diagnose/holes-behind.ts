import { coverPartitions, endOf, lostOf, type PreparedInputs } from '@eventmend/core/engine';
import type { DiagnosisStart } from './choose-start.js';

/** By place: the first offset behind each stretch that no log holds, or that cannot be read. */
export function holesBehind({ survey }: PreparedInputs, { position }: DiagnosisStart): readonly (readonly number[])[] {
  const gaps = lostOf(coverPartitions(survey, position, endOf(survey)));
  return survey.partitions.map((of) =>
    gaps
      .filter((gap) => gap.topic === of.topic && gap.partition === of.partition)
      .map(({ to }) => to)
      .sort((a, b) => a - b),
  );
}
