#!/usr/bin/env node
import { keepCompiledCode } from './program/keep-compiled-code.js';

// Before anything else is loaded.
keepCompiledCode();
const { runProcess } = await import('./program/run-process.js');
await runProcess();
