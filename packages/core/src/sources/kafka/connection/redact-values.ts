/** Shorter pieces are found in ordinary words; taking them out would say more about the secret than leaving them in. */
const leastLength = 4;

/** The text without these values, also where they were written in base64. */
export function redactValues(text: string, secrets: readonly string[]): string {
  const values = secrets
    .filter((secret) => secret.length >= leastLength)
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64')])
    .sort((a, b) => b.length - a.length);
  if (values.length === 0) return text;
  const any = new RegExp(values.map((value) => value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
  return text.replace(any, '[secret]');
}
