import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { loadContent } from './index.ts';
import type { ContentProblem } from './problem.ts';

const BASE = join(import.meta.dirname, '../../../../content/base');
const scratch = mkdtempSync(join(tmpdir(), 'huiliu-content-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;

function root(files: Record<string, string | Uint8Array>): string {
  made += 1;
  const path = join(scratch, String(made));
  mkdirSync(path);
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), data);
  }
  return path;
}

function baseText(name: string): string {
  return readFileSync(join(BASE, name), 'utf8');
}

/** The text of a base file as an overlay, with pieces replaced; each piece must occur. */
function overlayOf(name: string, edits: Record<string, string>): string {
  let text = name.endsWith('.tsv')
    ? `# reason: 测试\n${baseText(name)}`
    : `${baseText(name)}reason: 测试\n`;
  for (const [from, to] of Object.entries(edits)) {
    assert.ok(text.includes(from), `${name} has ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

function problemsOf(...roots: string[]): ContentProblem[] {
  try {
    loadContent(roots);
    return [];
  } catch (error) {
    assert.ok(isHuiliuError(error, 'MUNICIPAL_CONTENT_INVALID'), String(error));
    return error.details.problems as ContentProblem[];
  }
}

/** Problems of base plus one edited file, each as `line: text`. */
function problemsWith(name: string, edits: Record<string, string>): string[] {
  return problemsOf(BASE, root({ [name]: overlayOf(name, edits) })).map(
    (p) => `${p.line}:${p.column} ${p.text}`,
  );
}

function lineOf(name: string, piece: string): number {
  const lines = baseText(name).split('\n');
  const index = lines.findIndex((line) => line.includes(piece));
  assert.ok(index >= 0, piece);
  return index + 1;
}

const PERSON = 'tables/person.table.yaml';
const PAYMENT = 'tables/benefit_payment.table.yaml';
const ENTITLEMENT = 'tables/entitlement.table.yaml';
const SEX = 'codes/CL_SEX.codes.yaml';
const SX = 'sources/SX.source.yaml';

/** One edit, the line it is reported on and what the official reads. */
const cases: { what: string; file: string; from: string; to: string; says: RegExp }[] = [
  {
    what: 'an unknown key of a column',
    file: PERSON,
    from: 'title: 姓名',
    to: 'titel: 姓名, title: 姓名',
    says: /不认识的项“titel”.*可写的项：name、code/,
  },
  {
    what: 'an unknown key of a table',
    file: PERSON,
    from: 'owner: ingest',
    to: 'owner: ingest\nowners: x',
    says: /不认识的项“owners”/,
  },
  {
    what: 'a missing key',
    file: PERSON,
    from: 'title: 民族, ',
    to: '',
    says: /缺少必写的项：title/,
  },
  {
    what: 'a number where text is wanted',
    file: PERSON,
    from: "default: '99'",
    to: 'default: 99',
    says: /“default”应为文字，现在是99；代码和数字文字请加引号/,
  },
  {
    what: 'text where true or false is wanted',
    file: PERSON,
    from: 'required: true, essential: true, note: 省',
    to: "required: 'yes', essential: true, note: 省",
    says: /“required”应为 true 或 false，现在是“yes”/,
  },
  {
    what: 'a type that does not exist',
    file: PERSON,
    from: 'title: 姓名, type: text50',
    to: 'title: 姓名, type: varchar50',
    says: /“type”写法不对：“varchar50”/,
  },
  {
    what: 'a mask that does not exist',
    file: PERSON,
    from: 'mask: mobile',
    to: 'mask: phone',
    says: /“mask”不能是“phone”，可写：none、id_no/,
  },
  {
    what: 'a retention that is neither years nor permanent',
    file: PERSON,
    from: 'years: permanent',
    to: 'years: forever',
    says: /“years”的值不允许：“forever”/,
  },
  {
    what: 'a level 4 column without a mask',
    file: PERSON,
    from: 'sensitivity: 4, mask: mobile',
    to: 'sensitivity: 4',
    says: /列 mobile 是四级敏感，须用 mask/,
  },
  {
    what: 'a column written twice',
    file: PERSON,
    from: 'name: ethnicity, code: AAC005',
    to: 'name: sex, code: AAC005',
    says: /列 sex 写了两次/,
  },
  {
    what: 'a dictionary code used twice in one table',
    file: PERSON,
    from: 'code: AAC005',
    to: 'code: AAC004',
    says: /字典码 AAC004 在本表已用过/,
  },
  {
    what: 'a code list that does not exist',
    file: PERSON,
    from: 'codes: CL_ETHNIC',
    to: 'codes: CL_ETHNICS',
    says: /没有代码表 CL_ETHNICS，应有文件 codes\/CL_ETHNICS\.codes\.yaml/,
  },
  {
    what: 'a default outside the code list',
    file: PERSON,
    from: "default: '99'",
    to: "default: '77'",
    says: /列 id_type 的默认值“77”不在代码表 CL_ID_TYPE 里/,
  },
  {
    what: 'a default that is too long',
    file: PERSON,
    from: 'default: CHN',
    to: 'default: CHINA',
    says: /列 nationality 的默认值“CHINA”超过 3 个字符/,
  },
  {
    what: 'a list value longer than the column',
    file: PERSON,
    from: 'title: 民族, type: code2',
    to: 'title: 民族, type: code1',
    says: /代码表 CL_ETHNIC 的“01”超过列 ethnicity 的 1 个字符/,
  },
  {
    what: 'a code list on a column that is no text',
    file: PAYMENT,
    from: 'title: 金额, type: money',
    to: 'title: 金额, type: money, codes: CL_SEX',
    says: /列 amount 的类型 money 不是文字，不能用代码表/,
  },
  {
    what: 'bounds on a text column',
    file: PERSON,
    from: 'title: 姓名, type: text50',
    to: "title: 姓名, type: text50, min: '1'",
    says: /列 name 是文字，不能写 min、max/,
  },
  {
    what: 'a bound that is no date',
    file: PERSON,
    from: "title: 参加工作日期, type: date, min: '1900-01-01'",
    to: "title: 参加工作日期, type: date, min: '1900-02-30'",
    says: /列 work_start_date 的 min“1900-02-30”应为日期/,
  },
  {
    what: 'a lower bound above the upper bound',
    file: PAYMENT,
    from: "min: '-100000000.00', max: '100000000.00'",
    to: "min: '200000000.00', max: '100000000.00'",
    says: /列 amount 的 min 大于 max/,
  },
  {
    what: 'a derived column that is required',
    file: PERSON,
    from: 'title: 比对用姓名, type: text50',
    to: 'title: 比对用姓名, type: text50, required: true',
    says: /列 name_norm 由平台填写（derived），不能再写/,
  },
  {
    what: 'a condition that names no column of the table',
    file: PAYMENT,
    from: `required_when: "pay_flag = '2'"`,
    to: `required_when: "pay_state = '2'"`,
    says: /列 fail_reason 的必填条件写了本表没有的列 pay_state/,
  },
  {
    what: 'a condition with a value outside the code list',
    file: PAYMENT,
    from: `required_when: "pay_flag = '2'"`,
    to: `required_when: "pay_flag = '8'"`,
    says: /必填条件里的“8”不在代码表 CL_PAID_FLAG 里/,
  },
  {
    what: 'a condition that looks beyond the row',
    file: PAYMENT,
    from: `required_when: "pay_flag = '2'"`,
    to: `required_when: "pay_flag = '2'; drop table person"`,
    says: /必填条件写法不对：条件里有不认识的写法：“; drop table person”/,
  },
  {
    what: 'a condition on a column that is required anyway',
    file: PAYMENT,
    from: 'title: 金额, type: money, required: true',
    to: `title: 金额, type: money, required: true, required_when: "pay_flag = '1'"`,
    says: /列 amount 已是必填，不要再写 required_when/,
  },
  {
    what: 'a key column that does not exist',
    file: PERSON,
    from: 'key: [person_id]',
    to: 'key: [personid]',
    says: /主键（key）写了本表没有的列 personid/,
  },
  {
    what: 'a key column that may be missing',
    file: PAYMENT,
    from: 'key: [payment_id, item, due_ym]',
    to: 'key: [payment_id, item, pay_ym]',
    says: /列 pay_ym 是主键，须写 required: true 和 essential: true/,
  },
  {
    what: 'a cluster column that does not exist',
    file: PERSON,
    from: 'cluster: [person_id]',
    to: 'cluster: [id]',
    says: /排列次序（cluster）写了本表没有的列 id/,
  },
  {
    what: 'a person column that does not exist',
    file: PERSON,
    from: 'person: person_id',
    to: 'person: who',
    says: /人员列（person）写了本表没有的列 who/,
  },
  {
    what: 'a period that is no month',
    file: PAYMENT,
    from: 'period: due_ym',
    to: 'period: paid_on',
    says: /所属期列 paid_on 的类型应为 ym，现在是 date/,
  },
  {
    what: 'a code value without quotes',
    file: SEX,
    from: "value: '1'",
    to: 'value: 1',
    says: /“value”应为文字，现在是1；代码和数字文字请加引号/,
  },
  {
    what: 'a code value written twice',
    file: SEX,
    from: "value: '2'",
    to: "value: '1'",
    says: /代码“1”写了两次/,
  },
  {
    what: 'a key written twice',
    file: SEX,
    from: 'id: CL_SEX',
    to: 'id: CL_SEX\nid: CL_SEX',
    says: /同一处写了两次同名的项/,
  },
  {
    what: 'a mapping to a value outside the list',
    file: SX,
    from: "to: '170'",
    to: "to: '171'",
    says: /AAE140 的“150”映射成“171”，不在代码表 CL_INS 里/,
  },
  {
    what: 'a mapping of a field that uses no list',
    file: SX,
    from: 'code: AAE140',
    to: 'code: AAC003',
    says: /没有哪一列以 AAC003 为字典码（或列名）并使用代码表/,
  },
  {
    what: 'a share above one',
    file: SX,
    from: 'row_share: 0.3',
    to: 'row_share: 30',
    says: /“row_share”超出允许的范围（<= 1），现在是30/,
  },
  {
    what: 'an alias for a column that does not exist',
    file: SX,
    from: 'AAE044: unit_name',
    to: 'AAE044: unitname',
    says: /表 unit 没有列 unitname/,
  },
  {
    what: 'an alias for a column the platform fills',
    file: SX,
    from: 'AAE135: id_no,',
    to: 'AAE135: id_no_raw,',
    says: /列 id_no_raw 由平台填写，不能从文件取/,
  },
  {
    what: 'an alias that is a column of ours',
    file: SX,
    from: 'AAE044: unit_name',
    to: 'legal_name: unit_name',
    says: /legal_name 本身就是表 unit 的列名，不能作别名/,
  },
  {
    what: 'aliases for a table that does not exist',
    file: SX,
    from: '  custody_event: {',
    to: '  custody: {',
    says: /没有表 custody，或该表有错误/,
  },
];

for (const { what, file, from, to, says } of cases) {
  test(`${what} is reported once, with its line`, () => {
    const problems = problemsWith(file, { [from]: to });
    const line = lineOf(file, from) + (to.startsWith(`${from}\n`) ? 1 : 0);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', says);
    assert.equal(Number.parseInt(problems[0] ?? '', 10), line);
  });
}

test('YAML that cannot be read is reported at the place of the slip', () => {
  const quote = "value: '2', label: 女";
  const [first] = problemsWith(SEX, { [quote]: "value: '2, label: 女" });
  assert.match(first ?? '', /缺少配对的引号/);
  assert.equal(Number.parseInt(first ?? '', 10), lineOf(SEX, quote));
  const [tab] = problemsWith(SEX, { 'values:\n': 'values:\n\t- x\n' });
  assert.match(tab ?? '', /制表符/);
});

test('errors of several files and kinds are reported together, in reading order', () => {
  const overlay = root({
    [PERSON]: overlayOf(PERSON, {
      'title: 姓名': 'titel: 姓名',
      'codes: CL_ETHNIC': 'codes: CL_NONE',
      'cluster: [person_id]': 'cluster: [x, y]',
    }),
    [SEX]: overlayOf(SEX, { "value: '1'": 'value: 1' }),
    [SX]: overlayOf(SX, { "to: '170'": "to: '171'" }),
  });
  const problems = problemsOf(BASE, overlay);
  const places = problems.map(({ file, line }) => `${file.slice(overlay.length + 1)}:${line}`);
  assert.deepEqual(places, [
    `${SEX}:${lineOf(SEX, "value: '1'")}`,
    `${SX}:${lineOf(SX, "to: '170'")}`,
    `${PERSON}:${lineOf(PERSON, 'cluster:')}`,
    `${PERSON}:${lineOf(PERSON, 'cluster:')}`,
    `${PERSON}:${lineOf(PERSON, 'title: 姓名')}`,
    `${PERSON}:${lineOf(PERSON, 'title: 姓名')}`,
    `${PERSON}:${lineOf(PERSON, 'codes: CL_ETHNIC')}`,
  ]);
});

test('more than the eight errors TypeBox shows by default are reported', () => {
  const extra = Array.from({ length: 20 }, (_, i) => `wrong_${i}: 1`).join('\n');
  assert.equal(problemsWith(PERSON, { 'owner: ingest': `owner: ingest\n${extra}` }).length, 20);
});

test('the message names place, cause and remedy and stays readable when there is much to say', () => {
  const extra = Array.from({ length: 30 }, (_, i) => `wrong_${i}: 1`).join('\n');
  const overlay = root({
    [PERSON]: overlayOf(PERSON, { 'owner: ingest': `owner: ingest\n${extra}` }),
  });
  assert.throws(
    () => loadContent([BASE, overlay]),
    (error: Error) => {
      assert.match(
        error.message,
        /^内容文件有 30 处错误，系统不能启动。请按下列位置（文件:行:列）逐处改正/,
      );
      assert.match(error.message, /person\.table\.yaml:6:1 {2}不认识的项“wrong_0”/);
      assert.match(error.message, /另有 10 处/);
      return error.message.split('\n').length === 22;
    },
  );
});

test('a broken table does not make others seem broken', () => {
  const overlay = root({ [ENTITLEMENT]: 'name: entitlement\nreason: 测试\n  title: x\n' });
  const problems = problemsOf(BASE, overlay);
  assert.ok(problems.length > 0);
  assert.ok(problems.every(({ file }) => file.endsWith(ENTITLEMENT)));
});

test('a missing table and a missing agency list are reported', () => {
  const path = join(scratch, 'partial');
  cpSync(BASE, path, { recursive: true });
  rmSync(join(path, PERSON));
  rmSync(join(path, 'codes/CL_AGENCY.codes.yaml'));
  const texts = problemsOf(path).map(({ text }) => text);
  assert.ok(texts.includes('缺少表 person，应有文件 tables/person.table.yaml'));
  assert.ok(texts.includes('缺少经办机构代码表 codes/CL_AGENCY.codes.yaml'));
});

test('a file whose name is not its id is reported, and its twin as a duplicate', () => {
  const overlay = root({
    'codes/CL_A.codes.yaml':
      'id: CL_A\ntitle: 甲\nsource: own\nvalues:\n  - { value: a, label: 甲 }\n',
    'codes/CL_B.codes.yaml':
      'id: CL_A\ntitle: 甲\nsource: own\nvalues:\n  - { value: a, label: 甲 }\n',
  });
  const texts = problemsOf(BASE, overlay).map(({ file, text }) => `${file.slice(-16)} ${text}`);
  assert.deepEqual(
    texts,
    [
      'CL_B.codes.yaml 文件名与 id 不一致，文件名应为 CL_A.codes.yaml',
      'CL_B.codes.yaml 代码表 CL_A 已在另一个文件里写过，请只留一个',
    ].map((text) => `/${text}`),
  );
});

test('an overlay that replaces without a reason is reported', () => {
  const overlay = root({
    [SEX]: baseText(SEX),
    'regions/gb2260.regions.tsv': 'code\tname\tfrom\tto\n140500\t晋城市\t1985\t\n',
  });
  const texts = problemsOf(BASE, overlay).map(({ line, text }) => `${line} ${text}`);
  assert.deepEqual(texts, [
    '1 本文件替换了 代码表 CL_SEX，须用 reason 写明为什么',
    '1 本文件替换了 gb2260，须用“# reason: ……”写明为什么',
  ]);
});

test('an overlay with a reason replaces, one with a new id adds', () => {
  const overlay = root({
    [SEX]: overlayOf(SEX, { 'label: 男': 'label: 男性' }),
    'codes/CL_NEW.codes.yaml':
      'id: CL_NEW\ntitle: 新\nsource: own\nvalues:\n  - { value: a, label: 甲 }\n',
    'regions/local.regions.tsv': 'code\tname\tfrom\tto\n140599\t开发区\t2020\t\n',
  });
  const content = loadContent([BASE, overlay]);
  const labels = content.codeLists.get('CL_SEX')?.values.map(({ label }) => label);
  assert.ok(labels?.includes('男性') && !labels.includes('男'));
  assert.equal(content.codeLists.get('CL_NEW')?.values[0]?.source, 'own');
  assert.ok(content.idRegions.has('140599') && content.idRegions.has('140502'));
});

test('misnamed files, files in another encoding and missing folders are reported', () => {
  const overlay = root({
    'tables/person.table.yml': 'name: person\n',
    'codes/CL_GBK.codes.yaml': Uint8Array.of(0x69, 0x64, 0x3a, 0x20, 0xbd, 0xfa, 0xb3, 0xc7),
    'sources/README.md': '# 说明\n',
  });
  const problems = problemsOf(BASE, overlay, join(scratch, 'nowhere'));
  assert.deepEqual(
    problems.map(({ text }) => text),
    [
      '不是 UTF-8 编码，请用 UTF-8 另存',
      '这里只放名为“….table.yaml”的文件，请改名或移走',
      '内容目录不存在，请检查安装是否完整、路径是否正确',
    ],
  );
});

test('every fault of a region file is reported with its line', () => {
  const regions = [
    '# id: x',
    'code\tname\tfrom\tto',
    '14050\t甲\t1985\t',
    '140502\t乙\t85\t',
    '140502\t乙\t1990\t1985',
    '140502\t乙',
    '140502\t乙\t1985\t',
    '140502\t乙\t1985\t',
  ].join('\n');
  const problems = problemsOf(BASE, root({ 'regions/x.regions.tsv': regions }));
  assert.deepEqual(
    problems.map(({ line, text }) => `${line} ${text}`),
    [
      '3 区划代码“14050”应为六位数字',
      '4 区划 140502 的起止年应为四位年份或留空',
      '5 区划 140502 的起年晚于止年',
      '6 应有四项，以制表符分隔',
      '8 区划 140502 同一起始年写了两次',
    ],
  );
});
