import type { MunicipalContent } from '../../contract/index.ts';
import { isSm2PublicKey } from '../../security/index.ts';
import { EVENT_FIELDS } from '../inbound/index.ts';
import { isAllowedHost } from './call-department.ts';
import type { ConnectorConfig, Credentials, Mapping, PagerConfig, SchemeName } from './model.ts';
import { SCHEMES } from './schemes/index.ts';

type Fail = (text: string) => null;
type Entry = Readonly<Record<string, unknown>>;

const KNOWN = [
  ...['id', 'title', 'subject', 'source', 'agency', 'scheme', 'url', 'credentials', 'refresh'],
  ...['parameters', 'every_minutes', 'timeout_ms', 'pager', 'mapping', 'expected_per_day'],
  ...['silent_after_hours', 'query'],
];
const CREDENTIALS = {
  id: 'id',
  requester: 'requester',
  secret: 'secret',
  appKey: 'app_key',
  sm4Key: 'sm4_key',
  sm2PrivateKey: 'sm2_private_key',
  sm2PublicKey: 'sm2_public_key',
} as const satisfies Record<keyof Credentials, string>;

/** Reads one connector; every fault goes to `problem`. */
export function readConnector(
  raw: unknown,
  world: { readonly hosts: readonly string[]; readonly content: MunicipalContent },
  problem: (text: string) => void,
): ConnectorConfig | null {
  if (!isEntry(raw)) {
    problem('应为“名称: 值”的一组设置');
    return null;
  }
  let sound = true;
  const fail: Fail = (text) => {
    sound = false;
    problem(text);
    return null;
  };
  for (const name of Object.keys(raw)) if (!KNOWN.includes(name)) fail(`没有 ${name} 这一项`);
  const subject = oneOf(raw, 'subject', ['death', 'custody'] as const, fail) ?? 'death';
  const scheme = oneOf(raw, 'scheme', Object.keys(SCHEMES) as SchemeName[], fail) ?? 'tif';
  const credentials = readCredentials(raw.credentials, fail);
  const refresh = readRefresh(raw.refresh, fail);
  checkNeeds(scheme, credentials, refresh !== null, fail);
  const url = text(raw, 'url', fail) ?? '';
  const query = readQuery(raw.query, url, fail);
  if (raw.pager === undefined && query === null) fail('缺少 pager（定时取）或 query（点名查）');
  const urls = [url, refresh?.url, query?.url].filter((each) => each !== undefined);
  for (const each of new Set(urls)) {
    if (!isAllowedHost(each, world.hosts)) fail('url 应为 http(s) 网址，其主机须列在 hosts 中');
  }
  const config: ConnectorConfig = {
    id: text(raw, 'id', fail, /^[a-z][a-z0-9-]{0,39}$/) ?? '',
    title: text(raw, 'title', fail) ?? '',
    ...{ subject, scheme, url, credentials, refresh },
    source:
      codeOf(raw, 'source', subject === 'death' ? 'CL_DEATH_SRC' : 'CL_CUSTODY_SRC', world, fail) ??
      '',
    agency: raw.agency == null ? null : codeOf(raw, 'agency', 'CL_AGENCY', world, fail),
    parameters: readParameters(raw.parameters, fail),
    everyMinutes: whole(raw, 'every_minutes', 15, [1, 1440], fail),
    timeoutMs: whole(raw, 'timeout_ms', 10_000, [10, 60_000], fail),
    pager: raw.pager === undefined ? null : readPager(raw.pager, fail),
    query,
    mapping: readMapping(raw.mapping, subject, fail),
    expectedPerDay:
      raw.expected_per_day == null ? null : whole(raw, 'expected_per_day', 1, [1, 1e6], fail),
    silentAfterHours: whole(raw, 'silent_after_hours', 24, [1, 8760], fail),
  };
  return sound ? config : null;
}

function readCredentials(raw: unknown, fail: Fail): Credentials {
  const entry = isEntry(raw) ? raw : {};
  const names: readonly string[] = Object.values(CREDENTIALS);
  for (const name of Object.keys(entry)) {
    if (!names.includes(name)) fail(`credentials 没有 ${name} 这一项`);
  }
  const read = (name: string): string | null => {
    const value = entry[name] ?? null;
    return value === null || typeof value === 'string'
      ? value
      : fail(`credentials.${name} 应为文本（数字请加引号）`);
  };
  const found = Object.entries(CREDENTIALS).map(([ours, theirs]) => [ours, read(theirs)] as const);
  const credentials = Object.fromEntries(found) as unknown as Credentials;
  const { sm4Key, sm2PrivateKey, sm2PublicKey, appKey } = credentials;
  if (sm4Key !== null && !/^[0-9a-f]{32}$/i.test(sm4Key))
    fail('credentials.sm4_key 应为 32 位十六进制');
  if (sm2PrivateKey !== null && !/^[0-9a-f]{64}$/i.test(sm2PrivateKey)) {
    fail('credentials.sm2_private_key 应为 64 位十六进制');
  }
  if (sm2PublicKey !== null && !isSm2PublicKey(sm2PublicKey))
    fail('credentials.sm2_public_key 不是 SM2 公钥');
  if (appKey !== null && ![16, 24, 32].includes(Buffer.byteLength(appKey))) {
    fail('credentials.app_key 应为 16、24 或 32 个字符');
  }
  return credentials;
}

function checkNeeds(scheme: SchemeName, keys: Credentials, refreshes: boolean, fail: Fail): void {
  for (const need of SCHEMES[scheme].needs) {
    if (keys[need] === null) fail(`方案 ${scheme} 需要 credentials.${CREDENTIALS[need]}`);
  }
  if (scheme !== 'gjgxjhpt') {
    if (refreshes) fail('只有 gjgxjhpt 方案有 refresh');
  } else if (refreshes ? keys.appKey === null : keys.secret === null) {
    fail(
      refreshes
        ? '有 refresh 时需要 credentials.app_key'
        : '没有 refresh 时需要 credentials.secret',
    );
  }
}

function readRefresh(raw: unknown, fail: Fail): ConnectorConfig['refresh'] {
  if (raw === undefined || raw === null) return null;
  if (!isEntry(raw)) return fail('refresh 应为一组设置');
  return {
    url: text(raw, 'url', fail) ?? '',
    beforeMinutes: whole(raw, 'before_minutes', 30, [1, 1440], fail),
  };
}

function readQuery(raw: unknown, url: string, fail: Fail): ConnectorConfig['query'] {
  if (raw === undefined || raw === null) return null;
  if (!isEntry(raw)) return fail('query 应为一组设置');
  const known = ['url', 'id_field', 'name_field', 'rows'];
  for (const name of Object.keys(raw)) {
    if (!known.includes(name)) fail(`query 没有 ${name} 这一项`);
  }
  const read = (name: string): string | null => text(raw, name, (why) => fail(`query.${why}`));
  return {
    url: raw.url === undefined ? url : (read('url') ?? ''),
    idField: read('id_field') ?? '',
    nameField: raw.name_field === undefined ? null : read('name_field'),
    rows: raw.rows === undefined ? 'rows' : (read('rows') ?? ''),
  };
}

function readPager(raw: unknown, fail: Fail): PagerConfig {
  const entry: Entry = isEntry(raw) ? raw : {};
  const kind = oneOf(entry, 'kind', ['cursor', 'window'] as const, (why) => fail(`pager.${why}`));
  const name = (key: string, fallback: string): string =>
    entry[key] === undefined
      ? fallback
      : (text(entry, key, (why) => fail(`pager.${why}`)) ?? fallback);
  const rows = name('rows', 'rows');
  if (kind === 'cursor') {
    const limit = whole(entry, 'limit', 500, [1, 1000], fail);
    const fields = {
      cursorField: name('cursor_field', 'cursor'),
      limitField: name('limit_field', 'limit'),
    };
    return { kind, ...fields, limit, rows, next: name('next', 'next_cursor') };
  }
  const first = text(entry, 'first', (why) => fail(`pager.${why}`), /^\d{4}-\d{2}-\d{2}$/) ?? '';
  return {
    ...{ kind: 'window', first, rows, size: whole(entry, 'size', 500, [1, 1000], fail) },
    overlapMinutes: whole(entry, 'overlap_minutes', 60, [0, 43_200], fail),
    ...{ fromField: name('from_field', 'start_time'), toField: name('to_field', 'end_time') },
    ...{ pageField: name('page_field', 'page'), sizeField: name('size_field', 'page_size') },
  };
}

function readMapping(raw: unknown, subject: ConnectorConfig['subject'], fail: Fail): Mapping {
  if (!isEntry(raw) || Object.keys(raw).length === 0) {
    fail('缺少 mapping（我方字段: 对方字段）');
    return {};
  }
  const known = new Set(EVENT_FIELDS[subject].map((field) => field.name));
  const mapping: Record<string, Mapping[string]> = {};
  for (const [field, value] of Object.entries(raw)) {
    if (!known.has(field)) fail(`mapping 没有 ${field} 这个字段`);
    if (typeof value === 'string') mapping[field] = { from: value, codes: null };
    else if (isEntry(value) && typeof value.from === 'string') {
      const codes = isEntry(value.codes)
        ? Object.fromEntries(Object.entries(value.codes).map(([from, to]) => [from, String(to)]))
        : null;
      mapping[field] = { from: value.from, codes };
    } else fail(`mapping.${field} 应为对方字段名，或 { from, codes }`);
  }
  return mapping;
}

function readParameters(raw: unknown, fail: Fail): Readonly<Record<string, string | number>> {
  if (raw === undefined || raw === null) return {};
  const sound =
    isEntry(raw) &&
    Object.values(raw).every((value) => ['string', 'number'].includes(typeof value));
  return sound
    ? (raw as Record<string, string | number>)
    : (fail('parameters 应为一组文本或数字') ?? {});
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function text(entry: Entry, name: string, fail: Fail, form = /^[^\p{Cc}]{1,500}$/u): string | null {
  const value = entry[name];
  if (typeof value === 'string' && form.test(value)) return value;
  return fail(value === undefined ? `缺少 ${name}` : `${name} 写法不对`);
}

function oneOf<const T extends string>(
  entry: Entry,
  name: string,
  values: readonly T[],
  fail: Fail,
): T | null {
  const value = entry[name];
  return values.find((each) => each === value) ?? fail(`${name} 应为 ${values.join('、')} 之一`);
}

function codeOf(
  entry: Entry,
  name: string,
  list: string,
  { content }: { readonly content: MunicipalContent },
  fail: Fail,
): string | null {
  const value = entry[name];
  const known = content.codeLists.get(list)?.values.some((each) => each.value === value) ?? false;
  return known ? String(value) : fail(`${name} 不在代码表 ${list} 中（代码请加引号）`);
}

function whole(
  entry: Entry,
  name: string,
  fallback: number,
  [least, most]: readonly [number, number],
  fail: Fail,
): number {
  const value = entry[name] ?? fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return value;
  fail(`${name} 应为 ${least} 到 ${most} 的整数`);
  return fallback;
}
