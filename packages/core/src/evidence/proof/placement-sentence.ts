import { describePartition } from '../../model/log/partition-id.js';
import type { PlacementProblem } from '../../model/position/placement-problem.js';

/** Why a position is none of the log, as a plan holds it: its id pins the sentence. */
export function placementSentence(problem: PlacementProblem): string {
  if (problem.kind === 'no-position') return 'it has no position, so nobody knows which events it has seen';
  const where = describePartition(problem);
  switch (problem.kind) {
    case 'partition-not-named':
      return `its position does not name ${where}`;
    case 'behind-log-end':
      return `it is at ${where}@${problem.next}, and the log ends at ${problem.end}`;
    case 'before-log-beginning':
      return `it is at ${where}@${problem.next}, before the log began`;
    case 'partition-not-in-log':
      return `its position names ${where}, which the log does not have`;
  }
}
