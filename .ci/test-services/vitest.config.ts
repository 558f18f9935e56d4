import { defineConfig } from 'vitest/config';
import { vitestConfig } from '../test/vitest-config.mjs';

export default defineConfig(vitestConfig);
