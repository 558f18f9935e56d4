/** 1,616,669: the same on every machine, whatever its locale. */
export function formatCount(count: number): string {
  const [whole = '0', fraction] = String(Math.round(count * 100) / 100).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 event`, `2 events`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** 450ms, 1.2s, 3m 10s, 2h 05m. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  return `${formatCount(Math.floor(minutes / 60))}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** 2026-11-19 09:12:30 in UTC, without what is zero; `unknown` outside what a date can be. */
export function formatTime(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return 'unknown';
  const [day = '', clock = ''] = new Date(ms).toISOString().replace('Z', '').split('T');
  const short = clock.replace(/\.000$/, '').replace(/:00$/, '');
  return `${day} ${short}`;
}

/** The time in ISO 8601 form; in milliseconds, and said to be so, outside what a date can be. */
export function isoTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms, which is no date`;
}

/** 2026-11-19 09:12 in UTC, to the minute; empty outside what a date can be. */
export function formatMinute(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '';
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** 212 MB; powers of ten, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0
    ? `${formatCount(value)} ${value === 1 ? 'byte' : 'bytes'}`
    : `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}

/** 5e0c…91af: enough of a digest to compare by eye. */
export function shortDigest(digest: string): string {
  return digest.length <= 12 ? digest : `${digest.slice(0, 4)}…${digest.slice(-4)}`;
}
