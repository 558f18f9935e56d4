// npm run eventmend -- …: the command, from a bare clone too. Plain Node; nothing needs to be installed.
import './workspace/require-node.mjs';

const { runEventmend } = await import('./command/run-eventmend.mjs');
process.exitCode = await runEventmend(process.argv.slice(2));
