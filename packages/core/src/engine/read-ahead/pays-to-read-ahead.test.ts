import { describe, expect, it } from 'vitest';
import { paysToReadAhead } from './pays-to-read-ahead.js';
import { coresLeft, groupCores } from './spare-cores.js';

describe('whether reading ahead pays', () => {
  it('takes a long replay and a spare core for each of its threads', () => {
    expect(paysToReadAhead({ offsets: 1_000_000, threads: 1, spareCores: 1 })).toBe(true);
    expect(paysToReadAhead({ offsets: 1_000_000, threads: 1, spareCores: 0 })).toBe(false);
    expect(paysToReadAhead({ offsets: 1_000_000, threads: 2, spareCores: 1 })).toBe(false);
    expect(paysToReadAhead({ offsets: 199_999, threads: 1, spareCores: 7 })).toBe(false);
    expect(paysToReadAhead({ offsets: 399_999, threads: 2, spareCores: 7 })).toBe(false);
  });
});

describe('cores that are left', () => {
  it('are those that neither the threads nor the rest of the machine use', () => {
    expect(coresLeft(1, 2, 0.3)).toBe(1);
    expect(coresLeft(1, 2, 1.4)).toBe(1);
    expect(coresLeft(1, 2, 1.8)).toBe(0);
    expect(coresLeft(2, 2, 0)).toBe(0);
    expect(coresLeft(4, 16, 9)).toBe(7);
    expect(coresLeft(1, 1, 0)).toBe(0);
    expect(coresLeft(1, 4, 30)).toBe(0);
  });

  it('are within the limit of the control group, new or old', () => {
    const files = (all: Record<string, string>) => (file: string) => all[file] ?? null;
    expect(groupCores(files({ '/sys/fs/cgroup/cpu.max': '150000 100000\n' }))).toBe(1.5);
    expect(groupCores(files({ '/sys/fs/cgroup/cpu.max': 'max 100000\n' }))).toBe(Infinity);
    const old = (quota: string) => ({
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': quota,
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(groupCores(files(old('200000\n')))).toBe(2);
    expect(groupCores(files(old('-1\n')))).toBe(Infinity);
    expect(groupCores(files({}))).toBe(Infinity);
  });
});
