import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', 'bundle', 'bin.js');

/** Runs `eventmend` as it is typed, the start of Node included; time by the clock and of the processor, and its peak of memory. */
export function runCommand(folder, words) {
  const scratch = mkdtempSync(join(tmpdir(), 'eventmend-usage-'));
  const file = join(scratch, 'usage.json');
  const note = `import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.resourceUsage())));`;
  try {
    const started = performance.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(note)}`, bin, ...words],
      { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    const seconds = (performance.now() - started) / 1000;
    if (status !== 0) throw new Error(`eventmend ${words.join(' ')} ended with code ${status}\n${stderr}`);
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(file, 'utf8'));
    return { stdout, seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1000 };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
