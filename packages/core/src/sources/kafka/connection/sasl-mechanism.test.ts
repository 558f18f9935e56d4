import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redactValues } from './redact-values.js';
import { saslMechanism } from './sasl-mechanism.js';

type Args = Parameters<ReturnType<typeof saslMechanism>['authenticationProvider']>[0];

const name = 'EVENTMEND_TEST_TOKEN';
const token = 'header.payload-of-it.signature';

beforeEach(() => {
  process.env[name] = token;
});
afterEach(() => {
  Reflect.deleteProperty(process.env, name);
});

/** A broker that answers one signing in; it keeps what was sent. */
function broker(answer: string | Error, sent: string[] = []): Args {
  const logger = { debug: () => undefined, error: () => undefined };
  return {
    host: 'kafka',
    port: 9092,
    logger,
    saslAuthenticate: async ({ request, response }: Parameters<Args['saslAuthenticate']>[0]) => {
      sent.push((await request.encode()).toString('latin1'));
      if (answer instanceof Error) throw answer;
      const bytes = Buffer.concat([Buffer.from([0, 0, 0, answer.length]), Buffer.from(answer)]);
      return response?.parse(await response.decode(bytes));
    },
  } as unknown as Args;
}

const signIn = (args: Args): Promise<void> =>
  saslMechanism({ mechanism: 'oauthbearer', token: { env: name } })
    .authenticationProvider(args)
    .authenticate();

describe('OAUTHBEARER', () => {
  it('sends the token as it is now', async () => {
    const sent: string[] = [];
    const mechanism = saslMechanism({ mechanism: 'oauthbearer', token: { env: name } });
    for (const value of ['first', 'second']) {
      process.env[name] = value;
      await mechanism.authenticationProvider(broker('', sent)).authenticate();
    }
    expect(sent.map((each) => each.slice(4))).toEqual([
      'n,,\u0001auth=Bearer first\u0001\u0001',
      'n,,\u0001auth=Bearer second\u0001\u0001',
    ]);
  });

  it('takes an answer with a reason for the refusal that it is', async () => {
    await expect(signIn(broker('{"status":"invalid_token"}'))).rejects.toMatchObject({
      name: 'KafkaJSSASLAuthenticationError',
      message: 'SASL OAUTHBEARER authentication failed: {"status":"invalid_token"}',
    });
  });

  it('shows no piece of the token in what the broker says of it', async () => {
    for (const answer of [`${token} has expired`, new Error(`bad payload-of-it in ${btoa(token)}`)]) {
      const error = (await signIn(broker(answer)).catch((caught: unknown) => caught)) as Error;
      expect(`${error.message}\n${error.stack ?? ''}`).not.toMatch(/payload-of-it|aGVhZGVy/);
      expect(error.message).toContain('[secret]');
    }
  });

  it('says when there is no token', async () => {
    process.env[name] = '';
    await expect(signIn(broker(''))).rejects.toMatchObject({ code: 'secret-unavailable' });
  });
});

it('a password is shown in no answer either', async () => {
  const mechanism = saslMechanism({ mechanism: 'plain', username: 'bob', password: { env: name } });
  await expect(mechanism.authenticationProvider(broker(new Error(`no ${token}`))).authenticate()).rejects.toMatchObject(
    { message: 'SASL PLAIN authentication failed: no [secret]' },
  );
});

it('redacts the longest value first, and not what stands in any word', () => {
  expect(redactValues('secret-long and secret', ['secret', 'secret-long'])).toBe('[secret] and [secret]');
  expect(redactValues('a cat', ['a'])).toBe('a cat');
});
