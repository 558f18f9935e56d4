#!/usr/bin/env node
import { processWorld } from './program/process-world.js';
import { runCli } from './program/run-cli.js';

// A reader that closes the pipe early (`| head`) has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), processWorld());
// Threads or handles that a failure left open must not keep the process; what was written must arrive first.
process.stdout.write('', () => process.exit());
