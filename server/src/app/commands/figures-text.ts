/** Fen as yuan with two decimals and thousands; a dash where there is no amount. */
export function yuan(fen: number | null): string {
  if (fen === null) return '—';
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `${(fen / 100).toLocaleString('zh-CN', digits)} 元`;
}

/** A count with thousands. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
