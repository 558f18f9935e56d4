import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { BrokerAddress } from './broker-address.js';

/** The addresses behind a name; the name itself where it is one. */
export async function resolveHost(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Connects to a port, or throws what Node says. */
export function openSocket({ host, port }: BrokerAddress, limitMs: number): Promise<Socket> {
  const socket = connect({ host, port });
  return opened(socket, 'connect', limitMs);
}

/** What a broker showed in the handshake. */
export interface ShownCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly validTo: string;
}

/** A handshake, whether it came to an end or not. */
export type TlsHandshake = { readonly certificate: ShownCertificate | null } & (
  { readonly socket: TLSSocket; readonly protocol: string } | { readonly error: Error }
);

/** Connects and agrees on encryption. The certificate is told also when it is refused: it mostly says why. */
export async function openTls(
  { host, port }: BrokerAddress,
  options: ConnectionOptions,
  limitMs: number,
): Promise<TlsHandshake> {
  const name = options.servername ?? (isIP(host) === 0 ? host : undefined);
  const socket = connectTls({ host, port, ...options, ...(name === undefined ? {} : { servername: name }) });
  let certificate: ShownCertificate | null = null;
  // Node looks at the certificate at this event, and destroys the socket there if it refuses it.
  socket.prependListener('secure', () => {
    certificate = shown(socket.getPeerCertificate());
  });
  try {
    await opened(socket, 'secureConnect', limitMs);
    return { socket, certificate, protocol: socket.getProtocol() ?? 'TLS' };
  } catch (error) {
    return { certificate, error: error as Error };
  }
}

function opened<T extends Socket>(socket: T, event: 'connect' | 'secureConnect', limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(timedOut()), limitMs);
    // A connection may still break when nobody waits for it any more; without a listener Node would end the process.
    socket.on('error', () => undefined);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

function timedOut(): Error {
  return Object.assign(new Error('Connection timeout'), { code: 'ETIMEDOUT' });
}

function shown(certificate: PeerCertificate): ShownCertificate | null {
  // A broker that shows none leaves an empty object.
  if (certificate.subject === undefined) return null;
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    validTo: certificate.valid_to,
  };
}

function nameOf(name: object): string {
  return Object.entries(name)
    .map(([member, value]) => `${member}=${String(value)}`)
    .join(', ');
}
