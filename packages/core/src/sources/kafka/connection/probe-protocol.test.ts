import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { probeProtocol, type ProtocolAnswer } from './probe-protocol.js';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function ask(server: Server): Promise<ProtocolAnswer> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  return probeProtocol(socket, 'PLAIN', 500);
}

/** A broker that answers each request with the next of these bodies, cut into single bytes. */
const broker = (...bodies: readonly Buffer[]): Server => {
  const left = [...bodies];
  return createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      const body = left.shift();
      if (body === undefined) return void socket.destroy();
      const size = Buffer.alloc(8);
      size.writeInt32BE(body.length + 4);
      size.writeInt32BE(1, 4);
      for (const byte of Buffer.concat([size, body])) socket.write(Buffer.from([byte]));
    });
  });
};

const versions = Buffer.from([0, 0, 0, 0, 0, 1, 0, 1, 0, 4, 0, 18]);
const offers = (code: number, ...names: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from([0, code, 0, 0, 0, names.length]),
    ...names.map((name) => Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name)])),
  ]);

it('reads what a broker speaks and how it lets in', async () => {
  const ranges = [{ key: 1, min: 4, max: 18 }];
  expect(await ask(broker(versions, offers(33, 'SCRAM-SHA-512', 'OAUTHBEARER')))).toEqual({
    kind: 'kafka',
    versions: ranges,
    signIn: { wanted: true, mechanisms: ['OAUTHBEARER', 'SCRAM-SHA-512'] },
  });
  expect(await ask(broker(versions, offers(34)))).toMatchObject({ signIn: { wanted: false } });
  expect(await ask(broker(versions))).toEqual({ kind: 'kafka', versions: ranges, signIn: null });
});

it('knows what is no broker', async () => {
  expect(await ask(createHttpServer())).toEqual({ kind: 'http' });
  const answering = (bytes: readonly number[]): Server =>
    createServer((socket) => void socket.write(Buffer.from(bytes)));
  expect(await ask(answering([0x15, 3, 3, 0, 2, 2, 10]))).toEqual({ kind: 'tls' });
  expect(await ask(answering([...Buffer.from('SSH-2.0-OpenSSH')]))).toEqual({ kind: 'other' });
  expect(await ask(answering([0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 9, 9]))).toEqual({ kind: 'other' });
  expect(await ask(createServer((socket) => void socket.end()))).toEqual({ kind: 'closed' });
  expect(await ask(createServer())).toEqual({ kind: 'silent' });
});
