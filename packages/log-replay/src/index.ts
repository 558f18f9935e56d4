export { logReplay, type RunHandle } from './log-replay.js';
export type { ReplayLog, ReplayPlanOptions, ReplaySituation, ReplayTuning, TargetRequest } from './replay-situation.js';
