// Runs one bench module in a process of its own, so that no bench heats or fills the heap of the next, and hands the
// results to the parent: node run-module.mjs FILE quick|whole
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';

const [file, size] = process.argv.slice(2);
const bench = file.endsWith('.ts')
  ? await createJiti(import.meta.url).import(file, { default: true })
  : (await import(pathToFileURL(file).href)).default;
if (typeof bench !== 'function') throw new Error(`${file} must export a function as its default`);
process.send?.(await bench({ quick: size === 'quick' }));
process.disconnect?.();
