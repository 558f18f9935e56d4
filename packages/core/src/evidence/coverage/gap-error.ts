import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describeGap, type ReplayGap } from './cover-partitions.js';

const named = 5;

/** What a plan says that cannot be carried out without a gap. */
export function gapError(gaps: readonly ReplayGap[]): RecoveryError {
  const lost = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const more = gaps.length > named ? ` and ${gaps.length - named} more` : '';
  return new RecoveryError(
    'log-gap',
    `no log holds ${lost.toLocaleString('en-US')} offsets that the recovery needs: ${gaps.slice(0, named).map(describeGap).join(', ')}${more}`,
    {
      hint: 'name another log or archive that has them, or go on without them with --accept-gaps: the result is then called incomplete',
      details: { gaps: gaps.map((gap) => ({ ...gap, from: String(gap.from), to: String(gap.to) })) },
    },
  );
}
