// npm run build: every package and example, what is built already from the cache.
import './workspace/require-node.mjs';

const { build } = await import('./workspace/build.mjs');
await build();
