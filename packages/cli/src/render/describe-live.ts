import { countOf, formatCount } from '../terminal/format.js';

/** What is known of how wrong the live state is: by the last run that was compared with it. */
export interface LiveStanding {
  readonly runId: string;
  readonly keys: number;
  readonly differing: number;
}

/** What doing nothing leaves. */
export function describeLive(live: LiveStanding | null): string {
  if (live === null) return 'the live state as it is; how many keys are wrong is not known';
  const { runId, keys, differing } = live;
  return `the live state as it is: ${formatCount(differing)} of ${countOf(keys, 'key')} differ from run ${runId}`;
}
