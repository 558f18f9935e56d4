const secretName = /pass|pwd|secret|token|key|cred|auth|dsn|url|uri|conn/i;
const notSecret = new Set(['PWD', 'OLDPWD', 'SSH_AUTH_SOCK']);
const leastLength = 4;

/**
 * Replaces the values of environment variables that may be secrets (by their name, such as PGPASSWORD or DATABASE_URL), and
 * passwords inside of URLs, by what they are called.
 */
export function redactSecrets(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  const secrets = Object.entries(environment)
    .flatMap(([name, value = '']) =>
      secretName.test(name) && !notSecret.has(name) && value.length >= leastLength ? [[name, value] as const] : [],
    )
    .sort(([, a], [, b]) => b.length - a.length);
  const withoutValues = secrets.reduce((shown, [name, value]) => shown.replaceAll(value, `[${name}]`), text);
  return withoutValues.replace(/(\w+:\/\/[^\s:/@]*):[^\s@]+@/g, '$1:[password]@');
}
