import type { MissingAcl } from './missing-acl.js';

/** What is looked at, in this order. */
export type ConnectionStep =
  | 'settings'
  | 'name'
  | 'port'
  | 'tls'
  | 'protocol'
  | 'sign-in'
  | 'metadata'
  | 'advertised'
  | 'topic'
  | 'leaders'
  | 'offsets'
  | 'read'
  | 'retention'
  | 'group'
  | 'clock';

/** One thing that was looked at; plain JSON. What could not be looked at is `not-checked`, never `ok`. */
export interface ConnectionFinding {
  readonly step: ConnectionStep;
  /** The address, broker, topic or group that it is about. */
  readonly subject: string;
  readonly state: 'ok' | 'doubtful' | 'failed' | 'not-checked';
  readonly found: string;
  readonly hint: string | null;
  /** The rule that the cluster lacks, where it is this that failed. */
  readonly missing?: MissingAcl;
}

/** Takes findings in the order in which they are made. */
export type TakeFinding = (finding: ConnectionFinding) => void;
