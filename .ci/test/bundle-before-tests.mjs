import { bundleCore } from '../workspace/bundle-core.mjs';

/** Threads and commands that a test starts run the bundle of core: one that is older than the build is made anew. */
export default bundleCore;
