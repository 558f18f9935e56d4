import { startLoopbackProxy, type LoopbackProxy } from '../kafka/loopback-proxy.js';

/** What becomes of a request of one kind: it does not reach the broker, or its answer is cut off or held back. */
export interface AppliedFault {
  /** Number of the request in Kafka's protocol. */
  readonly api: number;
  /** Which request of this kind from now on, from 0. */
  readonly nth: number;
  /**
   * `cut` ends the connection in place of the answer; `drop` ends it before the request reaches the broker; with `swallow` it
   * never does, and the connection stays.
   */
  readonly what: 'cut' | 'drop' | 'swallow' | { readonly holdMs: number };
}

export const apis = {
  produce: 0,
  initProducerId: 22,
  addPartitions: 24,
  endTransaction: 26,
  writeMarkers: 27,
} as const;

export interface AppliedProxy extends LoopbackProxy {
  inject(fault: AppliedFault): void;
  /** Faults that happened. */
  readonly happened: number;
}

/** A proxy that knows where requests and answers begin and end, and which of them belong together. */
export async function startAppliedProxy(): Promise<AppliedProxy> {
  let fault: (AppliedFault & { seen: number }) | null = null;
  let happened = 0;

  /** What is to become of the request that comes now. */
  function fateOf(api: number): AppliedFault['what'] | null {
    if (fault === null || fault.api !== api || fault.seen++ !== fault.nth) return null;
    const { what } = fault;
    fault = null;
    happened++;
    return what;
  }

  const proxy = await startLoopbackProxy((client, broker) => {
    const asked: (AppliedFault['what'] | null)[] = [];
    client.on(
      'data',
      framesOf((frame) => {
        const fate = fateOf(frame.readInt16BE(4));
        if (fate === 'drop') {
          client.destroy();
          return;
        }
        if (fate === 'swallow') return;
        asked.push(fate);
        broker.write(frame);
      }),
    );
    broker.on(
      'data',
      framesOf((frame) => {
        const fate = asked.shift() ?? null;
        if (fate === 'cut') client.destroy();
        else if (fate !== null && typeof fate === 'object') setTimeout(() => client.write(frame), fate.holdMs);
        else client.write(frame);
      }),
    );
  });
  return {
    ...proxy,
    inject: (next) => void (fault = { ...next, seen: 0 }),
    get happened() {
      return happened;
    },
  };
}

/** Puts bytes together to whole messages, their length in front. */
function framesOf(take: (frame: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      take(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}
