import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface LoopbackProxy {
  readonly port: number;
  /** The port on the loopback to which new connections go. */
  to(port: number): void;
  close(): Promise<void>;
}

/**
 * A proxy between a client and a broker; what becomes of the bytes is what `join` does with the two sockets. When one of
 * them closes, so does the other.
 */
export async function startLoopbackProxy(
  join: (client: Socket, broker: Socket) => void,
  listenOn = 0,
): Promise<LoopbackProxy> {
  let target = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(target, '127.0.0.1');
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
    }
    client.on('close', () => broker.destroy());
    broker.on('close', () => client.destroy());
    join(client, broker);
  });
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    to: (port) => void (target = port),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
