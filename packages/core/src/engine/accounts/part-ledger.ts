import type { Offset } from '../../model/event/offset.js';
import { PartitionLedger, type Gap } from './partition-ledger.js';

/**
 * Books of the events of one partition that a task was given: what lies between them is in the books of whoever read the
 * partition whole.
 */
export class PartLedger extends PartitionLedger {
  override passOverTo(offset: Offset): readonly Gap[] {
    this.next = offset;
    return [];
  }
}
