import { correctionHeader } from '../../sources/log/log-rows.js';

/** Headers of what Eventmend publishes. They are an interface to whoever reads the topic: never renamed. */
export const publicationHeaders = {
  /** The semantic id of the output. */
  id: 'eventmend-id',
  /** Which row of which outbox this is. */
  publication: 'eventmend-publication',
  run: 'eventmend-run',
  /** The name of the output. */
  output: 'eventmend-output',
  /** `send` or `retract`; only in corrections. */
  action: 'eventmend-action',
  /** The id of the correction: the same whatever run makes it. */
  correction: correctionHeader,
  /** The semantic id of what was recorded and is wrong; only where something was. */
  corrects: 'eventmend-corrects',
  /** When the event of the output happened, in milliseconds since 1970; only in corrections. */
  time: 'eventmend-time',
  /** Why it is owed; only in corrections. */
  reason: 'eventmend-reason',
} as const;
