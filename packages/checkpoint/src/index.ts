export { openCheckpointer, type Checkpointer, type AppliedBatch, type UnsentOutput } from './live/open-checkpointer.js';
export type { CheckpointerSettings } from './live/checkpointer-settings.js';
