import { formatCount } from '../terminal/format.js';

/** A number with as many digits as an uncertainty leaves it: two of the uncertainty's. */
export function roundAs(value: number, uncertainty: number): string {
  if (!Number.isFinite(value)) return 'unknown';
  const size = Math.abs(uncertainty);
  if (!(size > 0) || !Number.isFinite(size)) return formatCount(value);
  const digits = Math.floor(Math.log10(size)) - 1;
  if (digits >= -2) {
    const unit = 10 ** digits;
    return formatCount(digits >= 0 ? Math.round(value / unit) * unit : value);
  }
  return String(Number(value.toPrecision(3)));
}

/** 3.1 %, 40 %. */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return 'more than all';
  const percent = share * 100;
  return `${percent < 10 ? Number(percent.toFixed(1)) : formatCount(Math.round(percent))} %`;
}
