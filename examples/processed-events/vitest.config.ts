import { defineConfig } from 'vitest/config';
import { vitestConfig } from '../../.ci/test/vitest-config.mjs';

export default defineConfig(vitestConfig);
