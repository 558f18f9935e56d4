import type { Booking, ComparedBooks, ExplainedPeriod, GapEstimate } from '@eventmend/estimation';
import type { ExplainedMoney } from '../commands/explain-money.js';

export function moneyToJson(
  { currency, explained, books, against, fitted, holding }: ExplainedMoney,
  result: GapEstimate,
) {
  return {
    currency,
    ...(explained !== null && {
      totals: {
        amount: amountToJson(explained.amount),
        contradiction: explained.contradiction,
        check: {
          ...explained.check,
          periods: explained.check.periods.map(({ name, total, computed, residual }) => ({
            ...{ name, total: total.amount, computed: computed.amount, residual: residual.amount },
          })),
          smallest: explained.check.smallest?.amount ?? null,
          largest: explained.check.largest?.amount ?? null,
        },
        periods: explained.periods.map(periodToJson),
        unused: explained.unused.map(({ total: { name, of }, reason }) => ({ name, of, reason })),
        survived: explained.survived.length,
        repeated: explained.repeated,
        /** The level of the narrowest interval of history alone that holds the amount. */
        holding,
        fitted:
          fitted === null || result.status === 'refused'
            ? null
            : result.path.map(({ from, to }, slot) => ({ from, to, estimate: fitted[slot] })),
      },
    }),
    ...(books !== null && { against: { file: against, ...booksToJson(books) } }),
  };
}

function amountToJson(amount: NonNullable<ExplainedMoney['explained']>['amount']) {
  switch (amount.status) {
    case 'exact':
      return { status: amount.status, amount: amount.amount.amount, of: amount.parts.map(({ name }) => name) };
    case 'bounded':
      return {
        ...{ status: amount.status, low: amount.low.amount, high: amount.high.amount },
        of: amount.parts.map(({ name }) => name),
      };
    default:
      return amount;
  }
}

function periodToJson({ total: { name, of, from, to, total }, result }: ExplainedPeriod) {
  const period = { name, of, from, to, total: total.amount, status: result.status };
  switch (result.status) {
    case 'exact':
      return { ...period, missing: result.missing.amount, bridge: bridgeToJson(result.bridge) };
    case 'bounded':
      return { ...period, low: result.low.amount, high: result.high.amount, bridge: bridgeToJson(result.bridge) };
    case 'refused':
      return { ...period, reason: { code: result.reason.code }, bridge: bridgeToJson(result.bridge) };
    case 'unusable':
      return { ...period, reason: result.reason };
  }
}

function booksToJson({
  period,
  theirs,
  ours,
  ofGap,
  onlyTheirs,
  onlyOurs,
  residual,
  isClosingKnown,
  repeated,
}: ComparedBooks) {
  return {
    ...{ from: period.from, to: period.to, isClosingKnown },
    theirs: bridgeToJson(theirs),
    ours: bridgeToJson(ours),
    ofGap: { amount: ofGap.amount.amount, bookings: ofGap.bookings.map(bookingToJson) },
    onlyTheirs: onlyTheirs.map(bookingToJson),
    onlyOurs: onlyOurs.map(bookingToJson),
    residual: residual.amount,
    repeated: repeated.length,
  };
}

function bridgeToJson(bridge: ComparedBooks['theirs']) {
  return bridge.map(({ kind, amount, bookings }) => ({ kind, amount: amount.amount, bookings }));
}

function bookingToJson({ id, key, time, type, amount }: Booking) {
  return { id, key, time, type, amount: amount.amount };
}
