import { setTimeout as delay } from 'node:timers/promises';
import { RecoveryError } from '../../../model/errors/recovery-error.js';

/** An answer may be this large at most. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** How requests are made. Times are in milliseconds. */
export interface RequestPolicy {
  /** For one attempt, from the connection to the last byte. */
  readonly timeoutMs: number;
  /** Attempts after the first, when the registry cannot be reached or says that it is at fault (5xx, 429). */
  readonly retries: number;
  /** The wait before the first of them; it doubles each time. */
  readonly retryDelayMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface RegistryAnswer {
  readonly status: number;
  /** Undefined when it is not JSON. */
  readonly body: unknown;
}

/**
 * Gets a URL, again and again where that may help. Every status but 429 and 5xx is an answer.
 * @throws RecoveryError `schema-registry-unavailable` when no answer comes; the reason of the signal when it is
 *   aborted.
 */
export async function requestRegistry(
  url: string,
  headers: Readonly<Record<string, string>>,
  policy: RequestPolicy,
): Promise<RegistryAnswer> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await attemptOnce(url, headers, policy);
    if (!('failure' in outcome)) return outcome;
    policy.signal?.throwIfAborted();
    if (attempt >= policy.retries) throw unreachable(url, outcome, attempt + 1);
    await delay(policy.retryDelayMs * 2 ** attempt, undefined, { signal: policy.signal }).catch((error: unknown) => {
      policy.signal?.throwIfAborted();
      throw error;
    });
  }
}

interface Failure {
  readonly failure: string;
  readonly cause?: unknown;
}

async function attemptOnce(
  url: string,
  headers: Readonly<Record<string, string>>,
  { timeoutMs, signal }: RequestPolicy,
): Promise<RegistryAnswer | Failure> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (response.status === 429 || response.status >= 500) {
      await response.body?.cancel();
      return { failure: `answers with the status ${response.status}` };
    }
    return { status: response.status, body: parse(await readLimited(response, url)) };
  } catch (cause) {
    if (cause instanceof RecoveryError) throw cause;
    return {
      failure: timeout.aborted ? `does not answer within ${timeoutMs} ms` : `cannot be reached${why(cause)}`,
      cause,
    };
  }
}

async function readLimited(response: Response, url: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    const chunk = part as Uint8Array;
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) {
      throw new RecoveryError(
        'schema-registry-unavailable',
        `the answer of the schema registry at ${url} is larger than 4 MiB`,
        { hint: 'is it a schema registry that answers at this address?' },
      );
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The code of the system, such as ECONNREFUSED, which stands in the cause of what `fetch` throws. */
function why(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? ` (${code})` : '';
}

function unreachable(url: string, { failure, cause }: Failure, attempts: number): RecoveryError {
  const times = attempts === 1 ? '' : ` (tried ${attempts} times)`;
  return new RecoveryError(
    'schema-registry-unavailable',
    `the schema registry at ${new URL(url).origin} ${failure}${times}`,
    {
      hint: 'compare the address and see whether the registry runs, then run the same command again',
      cause,
      details: { url },
    },
  );
}
