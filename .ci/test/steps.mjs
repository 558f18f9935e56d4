import { basename } from 'node:path';
import { apiStep } from '../api/api-step.mjs';
import { boundariesStep } from '../boundaries/boundaries-step.mjs';
import { docsStep } from '../docs/docs-step.mjs';
import { otherNodesStep } from '../full/other-nodes-step.mjs';
import { lintStep } from '../lint/lint-step.mjs';
import { mutationScoreStep } from '../mutants/mutation-score-step.mjs';
import { mutantsStep } from '../mutants/mutants-step.mjs';
import { packagesStep } from '../packages/packages-step.mjs';
import { formatStep, gatesStep, knipStep, syncStep } from './static-steps.mjs';
import { testedPackages } from './tested-packages.mjs';
import { vitestStep } from './vitest-step.mjs';

/**
 * Run side by side, in this order. The tests take longest and wait for processes and brokers half of the time, so the others are
 * done beside them; that of `sync` comes first, since two runs of Nx at once would be in each other's way.
 */
const sideBySide = {
  lint: lintStep,
  sync: syncStep,
  tests: () => vitestStep(),
  format: formatStep,
  mutants: mutantsStep,
  packages: packagesStep,
  boundaries: boundariesStep,
  gates: gatesStep,
  docs: docsStep,
  knip: knipStep,
  api: apiStep,
};

/** These use all cores: they are run alone. */
const inFull = { 'mutation-score': mutationScoreStep, 'other-nodes': otherNodesStep };

/**
 * In the full run each package is a step: its tests take up to an hour, and what one of them has shown is kept whatever
 * happens to the others.
 */
function testsByPackage() {
  return testedPackages().map((tested) => [`tests/${basename(tested.folder)}`, () => vitestStep([tested])]);
}

/** Two groups of steps, as pairs of name and action. */
export function stepsOf({ full }) {
  const steps = Object.entries(sideBySide);
  if (!full) return { sideBySide: steps, alone: [] };
  return {
    sideBySide: steps.flatMap((step) => (step[0] === 'tests' ? testsByPackage() : [step])),
    alone: Object.entries(inFull),
  };
}

/** Whether a name that was asked for means this step: itself, or all of its parts, as `tests` means `tests/core`. */
export function isMeant(asked, step) {
  return step === asked || step.startsWith(`${asked}/`);
}
