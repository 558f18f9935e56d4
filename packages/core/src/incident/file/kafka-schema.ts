import { z } from 'zod';
import { parseDuration } from './duration.js';
import { parseRate } from './rate.js';

const path = z.string().min(1, 'must not be empty');
const name = z.string().min(1, 'must not be empty');

/** Where a secret comes from; it never stands in the file itself. */
export const secretSchema = z
  .union(
    [
      z.strictObject({ file: path }),
      z.strictObject({ env: name }),
      z.strictObject({ command: z.array(z.string()).min(1) }),
    ],
    { error: 'must be {file}, {env} or {command}: a secret itself does not belong here' },
  )
  .describe('A file, an environment variable, or a program and its arguments that prints it.');

/** How a connection is encrypted. */
export const tlsSchema = z.union(
  [
    z.boolean(),
    z.strictObject({
      ca: path.optional().describe('Certificates (PEM) of a private authority.'),
      cert: path.optional().describe('The client certificate (PEM).'),
      key: path.optional().describe('Its key (PEM).'),
      key_passphrase: secretSchema.optional(),
      server_name: name.optional().describe('The name in the certificate of the server, where it is not its address.'),
    }),
  ],
  { error: 'must be true, or {ca, cert, key, key_passphrase, server_name}' },
);

const sasl = z.discriminatedUnion(
  'mechanism',
  [
    z.strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: name,
      password: secretSchema,
    }),
    z.strictObject({ mechanism: z.literal('oauthbearer'), token: secretSchema }),
  ],
  {
    // Zod's types know of one code here; a value that is no object has another.
    error: ({ code }: { readonly code?: string }) =>
      code === 'invalid_type'
        ? 'must be {mechanism, username, password}, or {mechanism: oauthbearer, token}'
        : 'must be plain, scram-sha-256, scram-sha-512 or oauthbearer',
  },
);

/** Topics of a Kafka cluster, and how to get at them. */
export const kafkaSchema = z.strictObject({
  brokers: z.union([name, z.array(name).min(1)], { error: 'must be HOST:PORT or a list of them' }),
  topics: z.array(name).min(1).optional().describe('Topics to read; those of "log.topics" if absent.'),
  isolation: z
    .enum(['committed', 'uncommitted'], { error: 'must be committed or uncommitted' })
    .optional()
    .describe('Whether events of transactions that were undone or are open are read; committed by default.'),
  source: name.optional().describe('Name of the log in the identity of its events; the id of the cluster by default.'),
  client_id: name.optional().describe('How the brokers call this client; eventmend by default.'),
  tls: tlsSchema.optional(),
  sasl: sasl.optional(),
  max_rate: z
    .string({ error: 'must be a rate such as 20MB/s or 5000 events/s' })
    .refine((text) => parseRate(text) !== null, 'must be a rate such as 20MB/s or 5000 events/s')
    .optional()
    .describe('Reads no faster than this.'),
  transaction_wait: z
    .string({ error: 'must be a duration such as 30s' })
    .refine((text) => parseDuration(text) !== null, 'must be a duration such as 30s')
    .optional()
    .describe('How long to wait for an open transaction; 30s by default.'),
});

export type KafkaDocument = z.infer<typeof kafkaSchema>;

export type SecretDocument = z.infer<typeof secretSchema>;
