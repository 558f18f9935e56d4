/**
 * A token for OAUTHBEARER that nobody has signed: the broker of this kit takes it, a real one never should.
 * `subject` is the user; it is valid from now on for `lifetimeSeconds` (an hour by default, a negative one has expired).
 */
export function unsecuredToken(subject: string, lifetimeSeconds = 3600): string {
  const now = Date.now() / 1000;
  const header = { alg: 'none' };
  const claims = { sub: subject, iat: now - 1 + Math.min(0, lifetimeSeconds), exp: now + lifetimeSeconds };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.`;
}
