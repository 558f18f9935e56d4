// npm start: from a bare clone to a recovered incident. Plain Node; nothing needs to be installed.
import './workspace/require-node.mjs';

const { startDemo } = await import('./start/start-demo.mjs');
process.exitCode = await startDemo();
