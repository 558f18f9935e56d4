import { boundariesStep } from '../boundaries/boundaries-step.mjs';
import { docsStep } from '../docs/docs-step.mjs';
import { otherNodesStep } from '../full/other-nodes-step.mjs';
import { packagesStep } from '../packages/packages-step.mjs';
import { mutantsStep } from '../mutants/mutants-step.mjs';
import { formatStep, gatesStep, knipStep, lintStep, syncStep, typesStep } from './static-steps.mjs';
import { vitestStep } from './vitest-step.mjs';

const everyday = {
  format: formatStep,
  lint: lintStep,
  types: typesStep,
  sync: syncStep,
  boundaries: boundariesStep,
  knip: knipStep,
  gates: gatesStep,
  tests: vitestStep,
  mutants: mutantsStep,
  packages: packagesStep,
  docs: docsStep,
};

/** The steps in their order, as pairs of name and action. */
export function stepsOf({ full }) {
  return Object.entries(full ? { ...everyday, 'other-nodes': otherNodesStep } : everyday);
}
