import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { RegisteredSchema, SchemaReference, SchemaSource } from '../registered-schema.js';
import { unknownSchema, unusableSchema } from '../schema-failures.js';
import { readSecret as readAnySecret } from '../../secrets/read-secret.js';
import { readErrorCode, readSchemaAnswer, type AnsweredSchema } from './registry-answers.js';
import { requestRegistry } from './registry-request.js';
import type { ReadSecret, SecretSource } from '../../secrets/secret-source.js';

/** How to reach a schema registry, as plain JSON. */
export interface RegistrySettings {
  /** `http` or `https`, with a path before the registry's own where there is one; without user and password. */
  readonly url: string;
  /** With Basic authentication. */
  readonly username?: string;
  readonly password?: SecretSource;
}

export interface RegistryOptions {
  /** Called once, before the first request. */
  readonly readSecret?: ReadSecret;
  readonly signal?: AbortSignal;
  /** Milliseconds that one attempt may take, 5,000 by default. */
  readonly timeoutMs?: number;
  /** Attempts after the first when the registry cannot be reached or is at fault, 3 by default. */
  readonly retries?: number;
  /** Milliseconds before the second attempt, 200 by default; doubled each time. */
  readonly retryDelayMs?: number;
}

/** References may refer on this far; a circle would never end. */
const maxReferenceDepth = 50;

/** A schema with everything that it refers to may be made of this many texts. */
const maxReferences = 1000;

const headersOfRequest = { accept: 'application/vnd.schemaregistry.v1+json, application/json' };

/**
 * Schemas from a registry that speaks Confluent's protocol. Each is asked for once: schemas never change under their
 * number. A failed request is not remembered.
 * @throws RecoveryError `schema-registry-unavailable` for an impossible address. `schema` throws `secret-unavailable`
 *   when the password cannot be had, `schema-registry-unavailable` when the registry cannot be reached or refuses,
 *   `unusable-schema` when it does not know the schema or does not understand it.
 */
export function openSchemaRegistry(settings: RegistrySettings, options: RegistryOptions = {}): SchemaSource {
  const base = baseUrl(settings.url);
  const policy = {
    timeoutMs: options.timeoutMs ?? 5000,
    retries: options.retries ?? 3,
    retryDelayMs: options.retryDelayMs ?? 200,
    signal: options.signal,
  };
  const schemas = shared((id: number) => fetchSchema(id));
  const versions = shared((path: string) => fetchAnswer(path));
  let headers: Readonly<Record<string, string>> | null = null;

  async function fetchSchema(id: number): Promise<RegisteredSchema> {
    const answer = await fetchAnswer(`schemas/ids/${id}`);
    if (answer === null) throw unknownSchema(id, `is not known to the schema registry at ${base.origin}`);
    const { type, typeName, schema } = answer;
    if (type === null) throw unusableSchema(id, `its language ${JSON.stringify(typeName)} is not understood`);
    return { id, type, schema, references: await referencesOf(answer, { id, left: maxReferences }, 1) };
  }

  async function referencesOf(
    { references }: AnsweredSchema,
    of: { readonly id: number; left: number },
    depth: number,
  ): Promise<readonly SchemaReference[]> {
    const found: SchemaReference[] = [];
    for (const { name, subject, version } of references) {
      if (depth > maxReferenceDepth || --of.left < 0) throw unusableSchema(of.id, 'its references do not end');
      // Versions that were deleted softly are still needed by those who refer to them.
      const answer = await versions(`subjects/${encodeURIComponent(subject)}/versions/${version}?deleted=true`);
      if (answer === null) {
        throw unusableSchema(
          of.id,
          `it refers to version ${version} of ${JSON.stringify(subject)}, which is not there`,
        );
      }
      const { schema } = answer;
      found.push({ name, subject, version, schema, references: await referencesOf(answer, of, depth + 1) });
    }
    return found;
  }

  /** Null when the registry has no such thing. */
  async function fetchAnswer(path: string): Promise<AnsweredSchema | null> {
    headers ??= { ...headersOfRequest, ...authorization(settings, options.readSecret ?? readAnySecret) };
    const url = new URL(path, base).href;
    const { status, body } = await requestRegistry(url, headers, policy);
    if (status === 404 && unknownCodes.has(readErrorCode(body) ?? 0)) return null;
    if (status === 401 || status === 403) throw refused(base, settings.username, status);
    const answer = status === 200 ? readSchemaAnswer(body) : null;
    if (answer !== null) return answer;
    throw new RecoveryError(
      'schema-registry-unavailable',
      `${url} does not answer as a schema registry does (status ${status})`,
      {
        hint: 'compare the address, with the path that the registry may have before its own',
        details: { url, status },
      },
    );
  }

  return { schema: schemas };
}

/** No such subject, no such version, no such schema. */
const unknownCodes: ReadonlySet<number> = new Set([40401, 40402, 40403]);

function authorization({ username, password }: RegistrySettings, readSecret: ReadSecret): Record<string, string> {
  if (username === undefined) return {};
  const secret = password === undefined ? '' : readSecret(password);
  return { authorization: `Basic ${Buffer.from(`${username}:${secret}`, 'utf8').toString('base64')}` };
}

/** Ends in a slash, so that a path before the registry's own stays. */
function baseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const problem =
    url === null || !/^https?:$/.test(url.protocol)
      ? 'is not an address that begins with http:// or https://'
      : url.username !== '' || url.password !== ''
        ? 'has a user or a password in it'
        : null;
  if (url === null || problem !== null) {
    throw new RecoveryError(
      'schema-registry-unavailable',
      `the address of the schema registry ${problem ?? 'cannot be read'}`,
      {
        hint: 'for example https://registry.example:8081; user and password stand in settings of their own',
      },
    );
  }
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function refused(base: URL, username: string | undefined, status: number): RecoveryError {
  const who = username === undefined ? 'without a user' : `the user ${JSON.stringify(username)}`;
  return new RecoveryError(
    'schema-registry-unavailable',
    `the schema registry at ${base.origin} refuses ${who} (status ${status})`,
    {
      hint: 'compare the user, where the password comes from, and what the user may read',
      details: { url: base.href, status },
    },
  );
}

/** Requests for one thing share one promise; what failed may be asked for again. */
function shared<Key, Result>(ask: (key: Key) => Promise<Result>): (key: Key) => Promise<Result> {
  const answers = new Map<Key, Promise<Result>>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(key);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
}
