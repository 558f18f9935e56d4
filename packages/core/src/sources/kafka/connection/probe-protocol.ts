import type { Socket } from 'node:net';
import type { ApiVersionRange } from './broker-version.js';

/** What answers at a port. */
export type ProtocolAnswer =
  | { readonly kind: 'kafka'; readonly versions: readonly ApiVersionRange[]; readonly signIn: SignInAnswer }
  | { readonly kind: 'http' | 'tls' | 'other' | 'closed' | 'silent' }
  | { readonly kind: 'error'; readonly error: Error };

/** Whether the listener asks who connects to sign in, and with what. Null when it did not say. */
export type SignInAnswer = { readonly wanted: boolean; readonly mechanisms: readonly string[] } | null;

const apiVersionsKey = 18;
const saslHandshakeKey = 17;
const illegalSaslState = 34;
const mostBytes = 1 << 20;

/**
 * Asks the two things that Kafka answers before anybody signs in: which requests it speaks, and which ways of signing in it
 * offers. By hand, since a client shows nothing of an answer that is none of Kafka. The socket is used up.
 */
export async function probeProtocol(socket: Socket, mechanism: string, limitMs: number): Promise<ProtocolAnswer> {
  const answers = answersOf(socket, limitMs);
  try {
    socket.write(request(apiVersionsKey, 0, Buffer.alloc(0)));
    const versions = await answers.next();
    if (!Buffer.isBuffer(versions)) return versions;
    const ranges = readVersions(versions);
    if (ranges === null) return { kind: 'other' };
    socket.write(request(saslHandshakeKey, 1, text(mechanism)));
    const handshake = await answers.next();
    return { kind: 'kafka', versions: ranges, signIn: Buffer.isBuffer(handshake) ? readHandshake(handshake) : null };
  } finally {
    socket.destroy();
  }
}

type NoKafka = Exclude<ProtocolAnswer, { kind: 'kafka' }>;

function answersOf(socket: Socket, limitMs: number): { next(): Promise<Buffer | NoKafka> } {
  let received = Buffer.alloc(0);
  let ended: NoKafka | null = null;
  let wake = (): void => undefined;
  const end = (answer: NoKafka): void => {
    ended ??= answer;
    wake();
  };
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  socket.on('error', (error) => end({ kind: 'error', error }));
  socket.on('close', () => end({ kind: 'closed' }));
  socket.on('end', () => end({ kind: 'closed' }));

  function take(): Buffer | NoKafka | null {
    if (received.length >= 4) {
      const size = received.readInt32BE(0);
      const other = foreign(received, size);
      if (other !== null) return other;
      if (received.length >= 4 + size) {
        const body = received.subarray(8, 4 + size);
        received = received.subarray(4 + size);
        return body;
      }
    }
    return ended;
  }

  return {
    next: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => end({ kind: 'silent' }), limitMs);
        wake = () => {
          const answer = take();
          if (answer === null) return;
          clearTimeout(timer);
          wake = () => undefined;
          resolve(answer);
        };
        wake();
      }),
  };
}

/** What the first bytes give away when they are none of Kafka. */
function foreign(received: Buffer, size: number): NoKafka | null {
  if (received.toString('latin1', 0, 4) === 'HTTP') return { kind: 'http' };
  if (received[0] === 0x15 && received[1] === 3) return { kind: 'tls' };
  return size < 4 || size > mostBytes ? { kind: 'other' } : null;
}

function request(key: number, version: number, body: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeInt16BE(key, 4);
  head.writeInt16BE(version, 6);
  head.writeInt32BE(1, 8);
  const message = Buffer.concat([head, text('eventmend'), body]);
  message.writeInt32BE(message.length - 4, 0);
  return message;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function readVersions(body: Buffer): ApiVersionRange[] | null {
  if (body.length < 6 || body.readInt16BE(0) !== 0) return null;
  const count = body.readInt32BE(2);
  if (count < 0 || body.length < 6 + count * 6) return null;
  return Array.from({ length: count }, (_, index) => ({
    key: body.readInt16BE(6 + index * 6),
    min: body.readInt16BE(8 + index * 6),
    max: body.readInt16BE(10 + index * 6),
  }));
}

function readHandshake(body: Buffer): SignInAnswer {
  if (body.length < 6) return null;
  if (body.readInt16BE(0) === illegalSaslState) return { wanted: false, mechanisms: [] };
  const mechanisms: string[] = [];
  let at = 6;
  for (let left = body.readInt32BE(2); left > 0 && at + 2 <= body.length; left--) {
    const length = body.readInt16BE(at);
    mechanisms.push(body.toString('utf8', at + 2, at + 2 + length));
    at += 2 + length;
  }
  return { wanted: true, mechanisms: mechanisms.sort() };
}
