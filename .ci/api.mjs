// npm run api: accepts what the packages export now. Needs a build.
import './workspace/require-node.mjs';

const { acceptApi } = await import('./api/api-step.mjs');
console.log(`docs/api: ${acceptApi()} entries`);
