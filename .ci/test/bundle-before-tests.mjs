import { bundlePackages } from '../workspace/bundle-packages.mjs';

/** Threads and commands that a test starts run the bundles of the packages: those that are older than the build are made anew. */
export default bundlePackages;
