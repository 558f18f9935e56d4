// npm test [-- --full] [STEP…]: everything that must hold before a change is good. A bare clone is enough.
import './workspace/require-node.mjs';

const { runAllSteps } = await import('./test/run-all-steps.mjs');
process.exitCode = await runAllSteps(process.argv.slice(2));
