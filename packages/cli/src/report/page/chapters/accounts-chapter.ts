import type { ReportJson } from '../../../documents/report-document.js';
import { formatCount } from '../../../terminal/format.js';
import { markup, type Content, type Html } from '../html.js';
import { more, tableOf } from '../words.js';

type Account = ReportJson['accounts']['total'];

const columns = [
  { title: 'Partition' },
  { title: 'Offsets', isNumber: true },
  { title: 'Applied', isNumber: true },
  { title: 'Skipped', isNumber: true },
  { title: 'Quarantined', isNumber: true },
  { title: 'Unavailable', isNumber: true },
] as const;

/** Where every offset went. The four classes add up, and the reader can see that they do. */
export function accountsChapter({ accounts }: ReportJson): Html {
  const { partitions, total, skipped, repeated, beside, unbalanced } = accounts;
  const rows = [
    ...partitions.map((of) => rowOf(`${of.name} ${of.from}–${Math.max(0, Number(of.to) - 1)}`, of)),
    rowOf('all partitions', total),
  ];
  const reasons = Object.entries(skipped).filter(([, count]) => count > 0);
  return markup`
<p class="lead">${formatCount(total.offsets)} offsets = ${formatCount(total.applied)} applied + ${formatCount(total.skipped)} skipped + ${formatCount(total.quarantined)} quarantined + ${formatCount(total.unavailable)} unavailable.${accounts.lossUnknown === true ? ' Nobody knows how many events there were behind them.' : ''}</p>
${unbalanced.length === 0 ? null : markup`<div class="notice bad" role="note"><p>These do not add up: ${unbalanced.join(', ')}. That is a defect of eventmend: do not use the result.</p></div>`}
${
  partitions.length > 12
    ? more(
        `All ${formatCount(partitions.length)} partitions`,
        tableOf('Every offset stands in one class', columns, rows, (index) => index === rows.length - 1),
      )
    : tableOf('Every offset stands in one class', columns, rows, (index) => index === rows.length - 1)
}
${reasons.length === 0 ? null : markup`<p class="quiet">Skipped: ${reasons.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', ')}.</p>`}
${repeated === 0 ? null : markup`<p class="quiet">${formatCount(repeated)} offsets stand in the log more than once, and count once.</p>`}
${
  beside.length === 0
    ? null
    : tableOf(
        'Beside the log, never within its accounts',
        [{ title: 'Source' }, ...columns.slice(1)],
        beside.map((of) => rowOf(of.name, of)),
      )
}`;
}

function rowOf(name: string, { offsets, applied, skipped, quarantined, unavailable }: Account): readonly Content[] {
  return [name, offsets, applied, skipped, quarantined, unavailable];
}
