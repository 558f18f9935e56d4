import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { describeAddress, type BrokerAddress } from './broker-address.js';
import { guessBrokerVersion, requestsNotSpoken } from './broker-version.js';
import type { ConnectionFinding, ConnectionStep, TakeFinding } from './connection-finding.js';
import { explainFinding } from './explain-finding.js';
import { kafkaDefaults, type KafkaSettings } from './kafka-settings.js';
import { openSocket, openTls, resolveHost, type ShownCertificate } from './open-socket.js';
import { probeProtocol, type ProtocolAnswer, type SignInAnswer } from './probe-protocol.js';

/** What the connection is made with: the settings, and what was read from the files that they name. */
export interface AddressSituation {
  readonly settings: KafkaSettings;
  /** Null for a connection that is not encrypted. */
  readonly tls: ConnectionOptions | null;
}

/** From the name of a broker to its first answer. What comes after a step that failed is not looked at. */
export async function examineAddress(
  address: BrokerAddress,
  situation: AddressSituation,
  take: TakeFinding,
): Promise<{ readonly signIn: SignInAnswer } | null> {
  const { settings } = situation;
  const subject = describeAddress(address);
  const note = (step: ConnectionStep, state: ConnectionFinding['state'], found: string, hint: string | null = null) =>
    take({ step, subject, state, found, hint });
  const fail = (step: ConnectionStep, error: unknown): null => {
    const { found, hint } = explainFinding(error, { brokers: [subject], settings });
    note(step, 'failed', found, hint);
    return null;
  };

  try {
    note('name', 'ok', (await resolveHost(address.host)).join(', '));
  } catch (error) {
    return fail('name', error);
  }
  const limitMs = settings.connectionTimeoutMs ?? kafkaDefaults.connectionTimeoutMs;
  let socket: Socket;
  try {
    socket = await openSocket(address, limitMs);
    note('port', 'ok', 'open');
  } catch (error) {
    return fail('port', error);
  }
  let tlsFound = withoutTls(settings);
  if (situation.tls !== null) {
    socket.destroy();
    const handshake = await openTls(address, situation.tls, limitMs);
    if ('error' in handshake) {
      const { found, hint } = explainFinding(handshake.error, { brokers: [subject], settings });
      note(
        'tls',
        'failed',
        `${found}${handshake.certificate === null ? '' : `; ${told(handshake.certificate)}`}`,
        hint,
      );
      return null;
    }
    socket = handshake.socket;
    tlsFound = tlsFinding(handshake.protocol, handshake.certificate);
  }
  const mechanism = settings.sasl?.mechanism.toUpperCase() ?? 'PLAIN';
  const answer = await probeProtocol(socket, mechanism, limitMs);
  // With TLS 1.3 a broker refuses the client's certificate only when the handshake is over for the client.
  if (answer.kind === 'error' && isTls(answer.error)) return fail('tls', answer.error);
  note('tls', ...tlsFound);
  if (answer.kind === 'error') return fail('protocol', answer.error);
  note('protocol', ...protocolFinding(answer, settings));
  return answer.kind === 'kafka' && requestsNotSpoken(answer.versions).length === 0 ? { signIn: answer.signIn } : null;
}

/** What is in the way of a connection to this address; null when there is nothing. */
export async function obstacleTo(
  address: BrokerAddress,
  situation: AddressSituation,
): Promise<Pick<ConnectionFinding, 'found' | 'hint'> | null> {
  const limitMs = situation.settings.connectionTimeoutMs ?? kafkaDefaults.connectionTimeoutMs;
  try {
    (await openSocket(address, limitMs)).destroy();
    if (situation.tls === null) return null;
    const handshake = await openTls(address, situation.tls, limitMs);
    if ('error' in handshake) throw handshake.error;
    handshake.socket.destroy();
    return null;
  } catch (error) {
    return explainFinding(error, { brokers: [describeAddress(address)], settings: situation.settings });
  }
}

type FindingRest = [state: ConnectionFinding['state'], found: string, hint?: string];

function withoutTls(settings: KafkaSettings): FindingRest {
  const readable = settings.sasl?.mechanism === 'plain' || settings.sasl?.mechanism === 'oauthbearer';
  return readable
    ? ['doubtful', 'not asked for: the secret travels readable', 'use the port of a listener SASL_SSL and set tls']
    : ['not-checked', 'not asked for'];
}

const soonMs = 14 * 24 * 3_600_000;

function tlsFinding(protocol: string, certificate: ShownCertificate | null): FindingRest {
  if (certificate === null) return ['doubtful', `${protocol}; the broker showed no certificate`];
  const found = `${protocol}; ${told(certificate)}`;
  return Date.parse(certificate.validTo) - Date.now() < soonMs
    ? ['doubtful', found, 'the certificate expires within two weeks: the broker needs a new one']
    : ['ok', found];
}

function told({ subject, issuer, validTo }: ShownCertificate): string {
  return `certificate of ${subject}, by ${issuer}, until ${validTo}`;
}

function isTls(error: Error): boolean {
  return /SSL|TLS/.test(String((error as { code?: unknown }).code));
}

function protocolFinding(answer: Exclude<ProtocolAnswer, { kind: 'error' }>, settings: KafkaSettings): FindingRest {
  const encrypted = (settings.tls ?? false) !== false;
  switch (answer.kind) {
    case 'kafka': {
      const version = guessBrokerVersion(answer.versions);
      const lacking = requestsNotSpoken(answer.versions);
      return lacking.length === 0
        ? ['ok', `Kafka ${version} (guessed from what it speaks)`]
        : [
            'failed',
            `Kafka ${version}: nothing in common for ${lacking.join(', ')}`,
            'brokers from 0.11 to 4.x are read',
          ];
    }
    case 'http':
      return ['failed', 'an HTTP server, no Kafka broker', 'name the port of a broker, not of its console or proxy'];
    case 'tls':
      return ['failed', 'a port with TLS, addressed without', 'set tls'];
    case 'closed':
      return encrypted
        ? [
            'failed',
            'hangs up: no Kafka broker, or one that refuses this client',
            'compare the port; the log of the broker says why',
          ]
        : [
            'failed',
            'hangs up, as a port with TLS does that is addressed without',
            'set tls; what is not Kafka hangs up too',
          ];
    case 'silent':
      return ['failed', 'gives no answer in time', 'name the port of a broker; look at its load and at firewalls'];
    case 'other':
      return ['failed', 'answers, but not as Kafka does', 'name the port of a broker'];
  }
}
