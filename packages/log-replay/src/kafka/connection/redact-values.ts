/** Shorter pieces are found in ordinary words; taking them out would say more about the secret than leaving them in. */
const leastLength = 4;

/** The text without these values, also where they were written in base64. */
export function redactValues(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= leastLength)
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64')])
    .sort((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text);
}
