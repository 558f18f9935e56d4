/**
 * What the live service did wrong with one event: it did not handle it; handled it a second time; handled it before or after
 * an event that shares a key with it and belongs on the other side; came to a wrong result. `not-sent` and `sent-twice`:
 * the state is right, but the outputs were lost, or sent again.
 */
export type FaultKind = 'missed' | 'twice' | 'out-of-order' | 'wrong' | 'not-sent' | 'sent-twice';

export const faultKinds: readonly FaultKind[] = ['missed', 'twice', 'out-of-order', 'wrong', 'not-sent', 'sent-twice'];
