import { agreementAtMost, agreementFraction, type Agreement, type AgreementCounts } from '@eventmend/core/engine';
import type { z } from 'zod';
import type { agreementPart } from './agreement-document.js';

/** An agreement as it stands in JSON: with the fractions that people ask for. */
export function agreementToJson(agreement: Agreement): z.input<typeof agreementPart> {
  const { classes, clockShifts, ...counts } = agreement;
  return {
    ...fractionsOf(agreement),
    ...counts,
    clockShifts: [...clockShifts],
    classes: classes.map((each) => ({ ...each, ...fractionsOf(each) })),
  };
}

function fractionsOf(counts: AgreementCounts) {
  return { agreement: agreementFraction(counts), agreementAtMost: agreementAtMost(counts) };
}
