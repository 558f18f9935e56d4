// npm run bench [-- [--quick] [--json FILE] [--record] [NAME…]]
import './workspace/require-node.mjs';

const { runBenches } = await import('./bench/run-benches.mjs');
process.exitCode = await runBenches(process.argv.slice(2));
