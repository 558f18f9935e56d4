import { describePartition, type PlacementProblem } from '@eventmend/core/engine';

/** Why a position is none of the log, of a state. */
export function describePlacement(problem: PlacementProblem): string {
  switch (problem.kind) {
    case 'no-position':
      return 'it has no position, so nobody knows which events it has seen';
    case 'partition-not-named':
      return `its position does not name ${describePartition(problem)}`;
    case 'behind-log-end':
      return `it is at ${describePartition(problem)}@${problem.next}, and the log ends at ${problem.end}`;
    case 'before-log-beginning':
      return `it is at ${describePartition(problem)}@${problem.next}, before the log began`;
    case 'partition-not-in-log':
      return `its position names ${describePartition(problem)}, which the log does not have`;
  }
}
