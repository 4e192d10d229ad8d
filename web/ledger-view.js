/** Builds the elements of the ledger. Texts go in as text, never as markup. */
import { countOf, figuresOf, modeOf, nameOf, percentOf, stateOf, totalOf } from './ledger.js';

/** Makes an element; `set` are properties, children are elements or text. */
export function element(tag, set = {}, ...children) {
  const made = Object.assign(document.createElement(tag), set);
  made.append(...children);
  return made;
}

const columns = [
  ['数据包', ''],
  ['来源', ''],
  ['方式', ''],
  ['数据截至', ''],
  ['序号', 'number'],
  ['状态', ''],
  ['申报（行）', 'number'],
  ['合格（行）', 'number'],
  ['隔离（行）', 'number'],
  ['问题（条）', 'number'],
  ['回流率', 'number'],
  ['合格率', 'number'],
];

/** The list of packages; `open` holds the ids whose datasets are shown. */
export function ledgerTable(packages, open, onToggle) {
  const head = element('tr', {}, ...columns.map(([title, kind]) => heading(title, kind)));
  const body = element('tbody');
  for (const item of packages) {
    const isOpen = open.has(nameOf(item));
    body.append(packageRow(item, isOpen, onToggle));
    if (isOpen) body.append(detailRow(item));
  }
  const caption = element(
    'caption',
    {},
    `共 ${countOf(packages.length)} 个数据包，按数据截至日期由近到远`,
  );
  const table = element('table', {}, caption, element('thead', {}, head), body);
  // A region that scrolls must be reachable and named, or a keyboard cannot scroll it.
  const scroll = element('div', { className: 'scroll', tabIndex: 0 }, table);
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', '数据包列表');
  return scroll;
}

function heading(title, kind) {
  return element('th', { scope: 'col', className: kind }, title);
}

function packageRow(item, isOpen, onToggle) {
  const datasets = item.datasets ?? [];
  const toggle = element(
    'button',
    { type: 'button', className: 'toggle', onclick: () => onToggle(nameOf(item)) },
    element('span', { ariaHidden: 'true' }, isOpen ? '▾ ' : '▸ '),
    nameOf(item),
  );
  toggle.setAttribute('aria-expanded', String(isOpen));
  toggle.dataset.package = nameOf(item);
  const numbers = ['declared', 'accepted', 'quarantined', 'issues'].map((field) =>
    numberCell(countOf(totalOf(datasets, field))),
  );
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, toggle),
    element('td', {}, String(item.src ?? '—')),
    element('td', {}, modeOf(item.mode ?? '—')),
    element('td', {}, String(item.as_of ?? '—')),
    numberCell(String(item.seq ?? '—')),
    element('td', {}, stateMark(item.state)),
    ...numbers,
    numberCell(percentOf(item.return_rate)),
    numberCell(percentOf(item.acceptance_rate)),
  );
}

function stateMark(state) {
  const { word, mark, level } = stateOf(state);
  const sign = element('span', { ariaHidden: 'true' }, `${mark} `);
  return element('span', { className: `mark ${level}` }, sign, word);
}

function numberCell(text) {
  return element('td', { className: 'number' }, text);
}

function detailRow(item) {
  const cell = element('td', { colSpan: columns.length, className: 'detail' });
  if (item.reason) cell.append(element('p', { className: 'reason' }, `说明：${item.reason}`));
  const datasets = item.datasets ?? [];
  if (datasets.length === 0) cell.append(element('p', {}, '此包没有逐表的计数。'));
  else cell.append(datasetTable(datasets));
  return element('tr', {}, cell);
}

function datasetTable(datasets) {
  const titles = ['数据集', '申报（行）', '合格（行）', '隔离（行）', '问题（条）'];
  const head = titles.map((title, index) => heading(title, index === 0 ? '' : 'number'));
  const rows = datasets.map((one) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, one.title ? `${one.title}（${one.dataset}）` : one.dataset),
      ...['declared', 'accepted', 'quarantined', 'issues'].map((field) =>
        numberCell(countOf(one[field])),
      ),
    ),
  );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}

/** The figures above the list, each with its unit. */
export function figureList(packages) {
  const figures = figuresOf(packages);
  const items = [
    ['已发布数据包', countOf(figures.published), '个'],
    ['待处理数据包', countOf(figures.waiting), '个'],
    ['已拒收数据包', countOf(figures.refused), '个'],
    ['已发布包中的隔离行', countOf(figures.quarantined), '行'],
  ];
  return items.map(([title, value, unit]) =>
    element(
      'div',
      { className: 'figure' },
      element('p', { className: 'label' }, `${title}（${unit}）`),
      element('p', { className: 'value' }, value),
    ),
  );
}
