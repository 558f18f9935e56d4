import type { Job } from '@eventmend/core/engine';
import type { ProcessedLedger } from '@eventmend/core';
import type { Fault } from '../fault.js';
import { tellCounted, type CountedRequest } from './tell-counted.js';

/** Counts a ledger that stands in no order. Null when it was stopped. */
const countedJob: Job<CountedRequest, { readonly ledger: ProcessedLedger | null }, readonly Fault[] | null> = (
  request,
  inputs,
  { ledger },
  control,
) => {
  if (ledger === null) throw new Error('there is no ledger');
  return tellCounted(request, inputs, ledger, control);
};

export default countedJob;
