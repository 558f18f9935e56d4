import type { Money } from '@eventmend/estimation';

/** 1,234,567.89: every digit that it has, and those that its currency always shows. */
export function formatAmount({ amount, currency }: Money): string {
  const sign = amount.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.');
  const least =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().minimumFractionDigits ?? 2;
  const digits = fraction.padEnd(least, '0');
  return `${sign}${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}${digits === '' ? '' : `.${digits}`}`;
}

export function formatMoney(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`;
}
