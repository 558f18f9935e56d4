import { parseArgs } from 'node:util';

/** Reads the arguments of a script; where they are none of its own, says how it is called, and returns null. */
export function readArguments(argv, options, usage) {
  try {
    return parseArgs({ args: argv, allowPositionals: true, options });
  } catch (error) {
    const [what] = error.message.split('. ');
    console.error(`${what}\nUsage: ${usage}`);
    return null;
  }
}
