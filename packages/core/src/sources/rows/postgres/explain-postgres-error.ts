import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';
import type { ErrorCode } from '../../../model/errors/error-catalogue.js';
import { redactValues } from '../../kafka/connection/redact-values.js';
import { oneSelectHint } from './assert-one-select.js';

/** What an error is explained with. */
export interface PostgresCircumstances {
  /** `postgres HOST:PORT/DATABASE` */
  readonly location: string;
  readonly secrets: readonly string[];
  /** The time that all of the reading may take. */
  readonly timeLimitMs: number;
  /** That time is over, and the connection was closed for it. */
  readonly late: boolean;
}

interface Explanation {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string;
}

/**
 * What a failure of the driver or the server means. The error itself is not kept as the cause: what the server says beside
 * its message (detail, where) holds rows.
 */
export function explainPostgresError(error: unknown, circumstances: PostgresCircumstances): RecoveryError {
  if (isRecoveryError(error)) return error;
  const { location, secrets } = circumstances;
  const { code, reason, hint } = explanationOf(error, circumstances);
  return new RecoveryError(code, `${location}: ${redactValues(reason, secrets)}`, { hint, details: { location } });
}

function explanationOf(error: unknown, { late, timeLimitMs }: PostgresCircumstances): Explanation {
  const { code, severity, message } = error as {
    readonly code?: unknown;
    readonly severity?: unknown;
    readonly message?: unknown;
  };
  const said = typeof message === 'string' ? message : '';
  const state = typeof code === 'string' ? code : '';
  if (late || (state === '57014' && /statement timeout/.test(said))) return tooSlow(timeLimitMs);
  return typeof severity === 'string' ? ofServer(state, said) : ofConnection(state, said);
}

/** By the classes of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function ofServer(state: string, message: string): Explanation {
  const said = `${withoutValues(state, message)} (SQLSTATE ${state})`;
  if (state === '25006' || /data-modifying/.test(message)) return notOneSelect('the query would write');
  if (state === '42601' && /multiple commands/.test(message))
    return notOneSelect('the query is more than one statement');
  if (state.startsWith('28')) {
    const hint = /no encryption|SSL off/.test(message)
      ? 'the server wants encrypted connections: set tls: true'
      : 'check the user and the password in the URL, and the rules of the server (pg_hba.conf)';
    return unusable(`the server does not let the user in: ${said}`, hint);
  }
  if (state === '42501') return unusable(said, 'grant the user SELECT on what the query reads');
  if (state === '08P01' && /parameter/.test(message)) {
    return unusable('the query has parameters such as $1', 'write their values into the query');
  }
  switch (state.slice(0, 2)) {
    case '08': // connection exception
    case '40': // transaction rollback: on a standby a conflict with what it replays
    case '53': // insufficient resources
    case '57': // operator intervention
      return unreachable(`the server gave up: ${said}`);
    case '3D':
      return unusable(said, 'check the name of the database in the URL');
    case '22':
      return unusable(said, 'a value does not fit what the query does with it: correct the query');
    default:
      return unusable(said, 'run the query with psql to see all that the server says of it');
  }
}

/** What the server says of syntax and names is about the query; elsewhere its words may hold values of rows. */
function withoutValues(state: string, message: string): string {
  if (/^(?:0A|25|28|3D|3F|40|42|53|57)/.test(state)) return message;
  if (state.startsWith('22')) return message.replace(/"[^]*"/, '"…"').replace(/\d+/g, '…');
  return 'the server refuses it';
}

function ofConnection(code: string, message: string): Explanation {
  if (/does not support SSL/.test(message)) {
    return unusable('the server does not speak TLS', 'leave tls out, or ask who runs the server to switch it on');
  }
  if (/^SASL:.*password/.test(message)) {
    return unusable('the server asks for a password, and there is none', 'put it into the URL, or into PGPASSWORD');
  }
  if (message.startsWith('SASL:')) return unusable('signing in failed', 'check the user and the password in the URL');
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code)) {
    const hint = 'name its authority in tls.ca, or the name that the certificate is for in tls.server_name';
    return unusable(`the certificate of the server is not accepted (${code})`, hint);
  }
  const network = /^E[A-Z_]+$/.test(code) && !code.startsWith('ERR_');
  if (network) return unreachable(`the server cannot be reached (${code})`);
  if (/timeout expired/.test(message)) return unreachable('the server does not answer');
  if (/terminated|not queryable|establishing an SSL/.test(message)) return unreachable('the connection broke');
  return unusable(message === '' ? 'reading failed' : message, 'run the query with psql to see whether it works there');
}

function unusable(reason: string, hint: string): Explanation {
  return { code: 'unreadable-database', reason, hint };
}

function unreachable(reason: string): Explanation {
  return {
    code: 'database-unreachable',
    reason,
    hint: 'nothing of what was read is used; is the server running, and are host and port right? Then try again',
  };
}

function tooSlow(limitMs: number): Explanation {
  return unusable(
    `reading did not end within ${limitMs} ms`,
    'give it more time with time_limit, or make the query faster',
  );
}

function notOneSelect(reason: string): Explanation {
  return unusable(`${reason}, and is read as one SELECT in a transaction that is READ ONLY`, oneSelectHint);
}
