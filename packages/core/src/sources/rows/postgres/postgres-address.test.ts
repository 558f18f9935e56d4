import { describe, expect, it } from 'vitest';
import type { RecoveryError } from '../../../model/errors/recovery-error.js';
import { describePostgres, parsePostgresAddress } from './postgres-address.js';

function refusal(text: string): RecoveryError {
  try {
    parsePostgresAddress(text);
  } catch (error) {
    return error as RecoveryError;
  }
  throw new Error('it was read');
}

describe('the URL of a PostgreSQL database', () => {
  it.each([
    ['postgres://me:s%40%23crt@db.example.com:6432/shop', 'postgres db.example.com:6432/shop'],
    ['postgresql://me@db.example.com/shop?sslmode=verify-full&connect_timeout=5', 'postgres db.example.com:5432/shop'],
    ['postgres://[::1]:5433/shop', 'postgres [::1]:5433/shop'],
    ['postgres:///my%20shop', 'postgres localhost:5432/my shop'],
    ['postgres://me:secret@/shop?host=/var/run/postgresql', 'postgres /var/run/postgresql:5432/shop'],
  ])('%s', (text, location) => {
    expect(describePostgres(parsePostgresAddress(text))).toBe(location);
  });

  it('says who signs in, and how', () => {
    const url = 'postgres://me:s%40%23crt@db/shop?sslmode=require&options=-c%20search_path%3Dshop';
    expect(parsePostgresAddress(url)).toMatchObject({
      ...{ user: 'me', password: 's@#crt', tls: true, options: '-c search_path=shop' },
    });
    expect(parsePostgresAddress('postgres://db/shop')).toMatchObject({ user: null, password: null, tls: null });
    expect(parsePostgresAddress('postgres://db/shop?sslmode=disable').tls).toBe(false);
  });

  it.each([
    ['host=db password=hunter2 dbname=shop', /cannot be read as one/],
    ['mysql://me:hunter2@db/shop', /cannot be read as one/],
    ['postgres://me:hun#ter2@db/shop', /cannot be read as one/],
    ['postgres://me:12/ter2@db/shop', /cannot be read as one/],
    ['postgres://me:12?ter2@db/shop', /cannot be read as one/],
    ['postgres://me:12#ter2@db/shop', /cannot be read as one/],
    ['postgres://me:hunter2@db', /names no database/],
    ['postgres://me:hunter2%@db/shop', /has a %/],
    ['postgres://me:hunter2@db/shop?sslmode=no-verify', /sslmode that is not supported/],
    ['postgres://me:hunter2@db/shop?sslrootcert=ca.pem', /"sslrootcert" that is not understood/],
    ['postgres://me:hunter2@db/shop?schema=ter2', /"schema" that is not understood/],
  ])('that cannot be used is refused without a part of it: %s', (text, reason) => {
    const error = refusal(text);
    expect(error.code).toBe('invalid-configuration');
    expect(error.message).toMatch(reason);
    expect(`${error.message} ${error.hint} ${String(error.cause)} ${JSON.stringify(error.details)}`).not.toMatch(
      /ter2/,
    );
  });
});
