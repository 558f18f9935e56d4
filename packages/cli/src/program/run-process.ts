import { processEnvironment } from './process-environment.js';
import { takeStdout } from './result-stream.js';
import { runCli } from './run-cli.js';

/** Runs the command line of this process, and ends it. */
export async function runProcess(): Promise<void> {
  // A reader that closes the pipe early (`| head`) has what it wanted.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });

  // The scripts of a shell's completion are printed by a library, and load nothing of the user.
  const stdout = ['completion', 'complete'].includes(process.argv[2] ?? '') ? process.stdout : takeStdout();
  // Where nothing keeps the process alive before a command has ended, Node would end it without a word, with the code 13 that means
  // "no feasible strategy" here.
  process.exitCode = 1;
  const sayWhatIsOpen = (): void => {
    process.stderr.write(
      'error: the command ended before its work did; this is a fault of eventmend, and nothing was concluded\n',
    );
  };
  process.once('exit', sayWhatIsOpen);
  process.exitCode = await runCli(process.argv.slice(2), processEnvironment(stdout));
  process.off('exit', sayWhatIsOpen);
  // Threads or handles that a failure left open must not keep the process; what was written must arrive first.
  stdout.write('', () => process.exit());
}
