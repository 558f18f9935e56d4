import { describePartition, type OffsetGap } from '@eventmend/core/engine';
import { countOf } from '../terminal/format.js';

/** `no log holds t[1] 3-5 (3 offsets)`. */
export function describeGaps(gaps: readonly OffsetGap[]): string {
  return `no log holds ${gaps.map(describeGap).join(', ')}`;
}

function describeGap(gap: OffsetGap): string {
  return `${describePartition(gap)} ${gap.from}-${gap.to - 1} (${countOf(gap.to - gap.from, 'offset')})`;
}
