import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { countLiveOutside } from '../../evidence/scope/summarise-scope.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { Plan } from '../../model/plan/plan.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import { chooseCandidates } from '../candidates/choose-candidates.js';
import type { ReportInput } from '../report/report-run.js';
import type { RunFiles } from '../sqlite/run-folder.js';
import { compareWithLive } from './compare-with-live.js';
import { keepLiveKeys } from './keep-live-keys.js';

/** What a run is told of the live state once it has reached its target. */
export type HeldAgainstLive = Pick<ReportInput, 'live' | 'liveOutside' | 'kept' | 'candidates'>;

/** Holds a run that has reached its target against the live state, and keeps of that what the plan says. */
export async function holdAgainstLive(
  plan: Plan,
  prepared: PreparedInputs,
  spec: ReplaySpec,
  store: RunStore,
  files: RunFiles,
): Promise<HeldAgainstLive> {
  const { situation, facts, survey } = prepared;
  const live = await tryLiveComparison(plan, situation, survey, store);
  const chosen = await chooseCandidates(plan, prepared, spec, store).catch(unreadableLive);
  const fromLive = chosen?.fromLive ?? new Set<string>();
  const kept = await keepLiveKeys(plan, spec, store, situation.live, facts.worker, files.kept, fromLive).catch(
    unreadableLive,
  );
  return { live, liveOutside: await tryCountLiveOutside(plan, situation), kept, candidates: chosen?.choice ?? null };
}

/** The run is finished whatever becomes of the comparison: what stands in its way is told, not thrown. */
async function tryLiveComparison(...input: Parameters<typeof compareWithLive>): Promise<RunReport['live']> {
  try {
    return await compareWithLive(...input);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = { kind: 'comparison-failed', message } as const;
    return { compared: false, reason, keys: 0, differing: 0, onlyRecovered: 0, onlyLive: 0, firstDifference: null };
  }
}

/** A live state that cannot be read is told by the comparison with it. */
function unreadableLive(error: unknown): null {
  if (!isRecoveryError(error)) throw error;
  return null;
}

async function tryCountLiveOutside({ scope }: Plan, { live }: RecoveryInputs): Promise<number | null> {
  if (scope === undefined) return null;
  return countLiveOutside(scope, live).catch(() => null);
}
