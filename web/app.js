/** The ledger page: fetches the packages, shows them, and keeps them fresh. */
import { keepAccessKey, takeAccessKey } from './access-key.js';
import { figuresOf, inReadingOrder } from './ledger.js';
import { element, figureList, ledgerTable } from './ledger-view.js';

const refreshEveryMs = 30_000;
const giveUpAfterMs = 20_000;

const part = (id) => document.getElementById(id);
const open = new Set();
/** The packages last received; kept on the page while a newer answer is on its way or missing. */
let shown = null;
let loading = false;

async function refresh() {
  if (loading) return;
  loading = true;
  part('refresh').disabled = true;
  part('content').classList.add('waiting');
  if (shown === null) showState('正在读取台账…');
  try {
    const answer = await fetchPackages();
    if (answer.kind === 'packages') showPackages(answer.packages);
    else if (answer.kind === 'no key') askForKey();
    else showFailure(answer.message);
  } finally {
    loading = false;
    part('refresh').disabled = false;
    part('content').classList.remove('waiting');
  }
}

async function fetchPackages() {
  const key = takeAccessKey();
  if (key === null) return { kind: 'no key' };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), giveUpAfterMs);
  try {
    const response = await fetch('/api/feed/packages', {
      headers: { Authorization: `Bearer ${key}` },
      cache: 'no-store',
      signal: stop.signal,
    });
    if (response.status === 401) return { kind: 'no key' };
    const body = await response.json();
    if (response.ok) return { kind: 'packages', packages: body };
    return {
      kind: 'failure',
      message: `${body.message ?? '服务返回错误'}（${body.code ?? response.status}）`,
    };
  } catch {
    return {
      kind: 'failure',
      message: '没有连上本机服务。请确认启动服务的终端仍在运行，然后点“立即刷新”。',
    };
  } finally {
    clearTimeout(timer);
  }
}

function showPackages(packages) {
  shown = inReadingOrder(packages);
  part('notice').hidden = true;
  const { asOf } = figuresOf(shown);
  part('as-of').hidden = asOf === null;
  part('as-of').textContent = asOf === null ? '' : `已发布数据截至 ${asOf}`;
  part('refreshed').textContent =
    `刷新于 ${new Date().toLocaleTimeString('zh-CN', { hour12: false })}`;
  part('figures').hidden = shown.length === 0;
  part('figures').replaceChildren(...figureList(shown));
  if (shown.length === 0) {
    showState(
      '还没有收到数据包。请在终端运行 ./huiliu feed load 数据包路径，装入后这里会自动显示。',
    );
  } else drawTable();
}

/** Draws the list anew and gives the focus back to the row that had it. */
function drawTable() {
  const focused = document.activeElement?.dataset?.package;
  part('content').replaceChildren(
    ledgerTable(shown, open, (id) => {
      if (!open.delete(id)) open.add(id);
      drawTable();
    }),
  );
  if (focused !== undefined) {
    [...document.querySelectorAll('.toggle')]
      .find((button) => button.dataset.package === focused)
      ?.focus({ preventScroll: true });
  }
}

function showState(text) {
  part('content').replaceChildren(element('p', { className: 'state' }, text));
}

/** A failed refresh leaves the old figures on the page and says that they are old. */
function showFailure(message) {
  part('notice').hidden = false;
  part('notice').textContent = shown === null ? message : `${message} 下面是上一次读到的数据。`;
  if (shown === null) showState('台账暂时读不到。');
}

function askForKey() {
  shown = null;
  part('notice').hidden = true;
  part('figures').hidden = true;
  part('as-of').hidden = true;
  if (part('key') !== null) return; // somebody may be typing
  const input = element('input', {
    id: 'key',
    type: 'password',
    autocomplete: 'off',
    required: true,
  });
  const form = element(
    'form',
    { className: 'state' },
    element('h2', {}, '需要访问钥匙'),
    element('p', {}, '没有访问钥匙，或钥匙不对。请用下面任一方法打开本页：'),
    element(
      'ol',
      {},
      element('li', {}, '点击或复制启动服务时终端里显示的完整网址（带有 #key=）；'),
      element(
        'li',
        {},
        '由管理员打开数据文件夹（默认 ./data）下的 config/access-key 文件，把内容粘贴到这里。',
      ),
    ),
    element('label', { htmlFor: 'key' }, '访问钥匙'),
    input,
    element('button', { type: 'submit' }, '打开台账'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    keepAccessKey(input.value);
    form.remove();
    refresh();
  });
  part('content').replaceChildren(form);
}

part('refresh').addEventListener('click', refresh);
window.addEventListener('hashchange', refresh);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});
setInterval(() => {
  if (!document.hidden && part('key') === null) refresh();
}, refreshEveryMs);
refresh();
