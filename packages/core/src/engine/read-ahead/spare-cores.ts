import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** Cores that are left when so many threads of this process are at work, and the machine does what it did this last minute. */
export function spareCores(threads: number): number {
  return coresLeft(threads, Math.min(availableParallelism(), groupCores(readText)), loadavg()[0] ?? 0);
}

/** Half a core that is free counts as one: this process is part of the load. */
export function coresLeft(threads: number, cores: number, load: number): number {
  return Math.max(0, Math.round(cores - Math.max(threads, load)));
}

/** The limit of the control group, which containers have and Node does not see; Infinity where there is none. */
export function groupCores(read: (file: string) => string | null): number {
  const [quota, period] = read('/sys/fs/cgroup/cpu.max')?.trim().split(' ') ?? [
    read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'),
    read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'),
  ];
  const cores = Number(quota ?? NaN) / Number(period ?? NaN);
  return cores > 0 ? cores : Infinity;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
