import type { Mechanism } from 'kafkajs';
import { loadDriver } from '../../drivers/load-driver.js';
import type { KafkaSaslSettings } from './kafka-settings.js';
import { saslProvider } from '../kafkajs/private-members.js';
import { readSecret } from '../../secrets/read-secret.js';
import { redactValues } from './redact-values.js';

/**
 * How kafkajs signs in. A password is read once, a token anew for each connection since it expires. Whatever the broker
 * answers is rid of the secret before anybody sees it: what a broker says of a bad token may hold the token.
 */
export function saslMechanism(sasl: KafkaSaslSettings): Mechanism {
  const mechanism = sasl.mechanism;
  if (sasl.mechanism === 'oauthbearer') {
    return { mechanism, authenticationProvider: (args) => ({ authenticate: () => sendToken(args, sasl.token) }) };
  }
  const { username } = sasl;
  const password = readSecret(sasl.password);
  const provider = saslProvider(sasl.mechanism)({ username, password });
  return {
    mechanism,
    authenticationProvider: (args) => ({
      authenticate: () => withoutSecret([password], () => provider(args).authenticate()),
    }),
  };
}

type ProviderArgs = Parameters<Mechanism['authenticationProvider']>[0];
type TokenSource = Extract<KafkaSaslSettings, { mechanism: 'oauthbearer' }>['token'];

/**
 * OAUTHBEARER (RFC 7628). A broker that refuses a token says so in an answer that looks like a good one; kafkajs takes it
 * for success and fails at the next request in words that name no reason. So the answer is read here.
 */
async function sendToken({ saslAuthenticate }: ProviderArgs, source: TokenSource): Promise<void> {
  const token = readSecret(source);
  const separator = '\u0001';
  const message = Buffer.from(`n,,${separator}auth=Bearer ${token}${separator}${separator}`);
  await withoutSecret([token, ...token.split('.')], async () => {
    let answer: unknown;
    try {
      answer = await saslAuthenticate({
        request: { encode: () => lengthPrefixed(message) },
        response: { decode: (bytes) => bytes, parse: (bytes) => bytes.subarray(4).toString('utf8') },
      });
    } catch (error) {
      throw refused(error instanceof Error ? error.message : 'no reason given');
    }
    if (typeof answer === 'string' && answer !== '') throw refused(answer);
  });
}

function refused(reason: string): Error {
  // The types of kafkajs give this class no parameters; it takes its message, as every error does.
  const AuthenticationError = loadDriver('kafkajs', 'Kafka').KafkaJSSASLAuthenticationError as unknown as new (
    message: string,
  ) => Error;
  return new AuthenticationError(`SASL OAUTHBEARER authentication failed: ${reason}`);
}

function lengthPrefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

async function withoutSecret(secrets: readonly string[], signIn: () => Promise<void>): Promise<void> {
  try {
    await signIn();
  } catch (error) {
    if (error instanceof Error) {
      error.message = redactValues(error.message, secrets);
      // The stack begins with the message.
      if (error.stack !== undefined) error.stack = redactValues(error.stack, secrets);
    }
    throw error;
  }
}
