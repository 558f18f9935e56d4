/** Where one broker listens. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[IPv6]:port`; null when it is neither. */
export function parseBrokerAddress(text: string): BrokerAddress | null {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]@]+)):(\d{1,5})$/.exec(text.trim());
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  return host === undefined || !(port >= 1 && port <= 65_535) ? null : { host, port };
}

/** An address as text without the user and the password that somebody wrote in front of it; Kafka takes none there. */
export function withoutCredentials(text: string): string {
  return text.replace(/^(\s*(?:[a-z_]+:\/\/)?).*@/is, '$1***@');
}

/** The address as it is typed. */
export function describeAddress({ host, port }: BrokerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True for names and addresses that mean the machine on which they are looked up. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
