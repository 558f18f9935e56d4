import { startLoopbackProxy, type LoopbackProxy } from './loopback-proxy.js';

/** Stands in the value of every event of these tests, and nowhere else. */
export const padding = 'xxxxxxxx';

/** What a network does to the bytes that a broker answers with. */
export interface NetworkFault {
  /** Ends the connection after so many bytes of answers. */
  readonly cutAfter?: number;
  /** Holds answers back for so long when so many bytes have gone through, in milliseconds. */
  readonly stall?: { readonly after: number; readonly ms: number };
  /** Closes the direction to the broker after so many bytes of answers, and leaves the other one open. */
  readonly halfCloseAfter?: number;
  /** Changes a byte of an event's value, the first one from this place of the answers of a connection on. */
  readonly flipAt?: number;
}

export interface FaultyProxy extends LoopbackProxy {
  /** Faults of the next connections, in their order; later ones have none. */
  inject(...faults: readonly NetworkFault[]): void;
  /** Faults that happened. */
  readonly happened: () => number;
}

/** A proxy on loopback between a client and a broker. */
export async function startFaultyProxy(listenOn = 0): Promise<FaultyProxy> {
  let faults: NetworkFault[] = [];
  let happened = 0;
  const proxy = await startLoopbackProxy((client, broker) => {
    const fault = faults.shift() ?? {};
    client.pipe(broker);
    let seen = 0;
    let flipped = false;
    broker.on('data', (bytes: Buffer) => {
      const from = seen;
      seen += bytes.length;
      const reached = (at: number | undefined): at is number => at !== undefined && from <= at && at < seen;
      if (!flipped && fault.flipAt !== undefined && fault.flipAt < seen) {
        const at = bytes.indexOf(padding, Math.max(0, fault.flipAt - from));
        if (at >= 0) {
          happened++;
          flipped = true;
          bytes[at + 1] = (bytes[at + 1] as number) ^ 0x10;
        }
      }
      if (reached(fault.cutAfter)) {
        happened++;
        client.write(bytes.subarray(0, fault.cutAfter - from), () => client.destroy());
        broker.destroy();
        return;
      }
      client.write(bytes);
      if (reached(fault.halfCloseAfter)) {
        happened++;
        client.unpipe(broker);
        broker.end();
      }
      if (fault.stall !== undefined && reached(fault.stall.after)) {
        happened++;
        broker.pause();
        setTimeout(() => broker.resume(), fault.stall.ms);
      }
    });
  }, listenOn);
  return {
    ...proxy,
    inject: (...next) => void (faults = [...next]),
    happened: () => happened,
  };
}
