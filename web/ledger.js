/** What the ledger shows, computed from what `GET /api/feed/packages` answers. No page in here. */

const states = {
  published: { word: '已发布', mark: '✓', level: 'good' },
  duplicate: { word: '重复包', mark: '✓', level: 'good' },
  received: { word: '处理中', mark: '●', level: 'low' },
  held: { word: '暂存', mark: '◆', level: 'middle' },
  awaiting: { word: '待确认', mark: '◆', level: 'middle' },
  refused: { word: '已拒收', mark: '▲', level: 'high' },
};

/** Word, mark and level of a package's state; a state we do not know is shown as it is. */
export function stateOf(state) {
  return states[state] ?? { word: String(state), mark: '●', level: 'low' };
}

const modes = { F: '全量', I: '增量' };

/** Chinese word for the mode of a package. */
export function modeOf(mode) {
  return modes[mode] ?? String(mode);
}

const counts = new Intl.NumberFormat('zh-CN');

/** A count in groups of three; nothing known is a dash, which differs from zero. */
export function countOf(value) {
  return value === null || value === undefined ? '—' : counts.format(value);
}

/**
 * A share (0–1) in percent with two decimals. Cut, not rounded: one missing row in a million must
 * not read as 100 %. The twelve places absorb the error of binary fractions (0.29 × 100 < 29).
 */
export function percentOf(share) {
  if (!Number.isFinite(share)) return '—';
  const [whole, fraction] = share.toFixed(12).split('.');
  const digits = String(Number(whole + fraction.slice(0, 4))).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)} %`;
}

/** Name of a package; a refused one may have none that could be read. */
export function nameOf(item) {
  return item.package_id ?? '（无包号）';
}

/** Adds up one count over the datasets of a package; null when no dataset has been counted. */
export function totalOf(datasets, field) {
  const known = datasets.map((dataset) => dataset[field]).filter((value) => Number.isFinite(value));
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Packages in the order in which a reader looks for them: latest first. */
export function inReadingOrder(packages) {
  return [...packages].sort(
    (a, b) =>
      String(b.as_of).localeCompare(String(a.as_of)) ||
      (b.seq ?? 0) - (a.seq ?? 0) ||
      nameOf(a).localeCompare(nameOf(b)),
  );
}

/** The few figures above the list. */
export function figuresOf(packages) {
  const of = (...wanted) => packages.filter(({ state }) => wanted.includes(state));
  const published = of('published');
  return {
    asOf:
      published
        .map(({ as_of }) => String(as_of))
        .sort()
        .pop() ?? null,
    published: published.length,
    waiting: of('held', 'awaiting', 'received').length,
    refused: of('refused').length,
    quarantined: totalOf(
      published.flatMap(({ datasets }) => datasets ?? []),
      'quarantined',
    ),
  };
}
