const customers = ['ada', 'ben', 'cleo', 'dora', 'emil'];

/** A small log to try things on: orders of five customers in two partitions, the same on every machine. */
export function sampleEvents(): string {
  const next = [0, 0];
  const start = Date.UTC(2026, 0, 5, 8);
  const lines = Array.from({ length: 200 }, (_, n) => {
    const customer = customers[(n * 7 + Math.floor(n / 11)) % customers.length] ?? '';
    const partition = customer < 'c' ? 0 : 1;
    const offset = next[partition] ?? 0;
    next[partition] = offset + 1;
    const at = new Date(start + n * 61_000).toISOString();
    return JSON.stringify({ partition, offset, at, customer, amount: ((n * 37) % 90) + 10 });
  });
  return lines.join('\n') + '\n';
}
