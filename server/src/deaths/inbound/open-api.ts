import type { MunicipalContent } from '../../contract/index.ts';
import { EVENT_FIELDS, type EventField } from './fields.ts';
import { MOST_EVENTS } from './read-body.ts';
import type { Subject } from './tables.ts';

type Json = Readonly<Record<string, unknown>>;

const HEADERS: readonly (readonly [string, string, string])[] = [
  ['X-HL-App', '应用编号', '^app-[0-9a-f]{16}$'],
  [
    'X-HL-Event-Id',
    '事件号（单件）或批号（批量），与报文一致',
    '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
  ],
  ['X-HL-Timestamp', '时间，自 1970 年起的秒数，与服务器相差不超过 300 秒', '^[1-9][0-9]{9}$'],
  ['X-HL-Nonce', '随机数，每次请求换新', '^[A-Za-z0-9_-]{16,64}$'],
  ['X-HL-Digest', '报文原文的 SM3，小写十六进制', '^[0-9a-f]{64}$'],
  [
    'X-HL-Signature',
    'sm2: 加 DER 签名，或 hmac-sm3: 加摘要，小写十六进制。签名原文是六行，以换行分隔：方法、路径（含问号后的部分）、应用编号、时间、随机数、摘要。SM2 用户标识为 1234567812345678',
    '^(sm2|hmac-sm3):[0-9a-f]{64,160}$',
  ],
];

/** Status → codes a department may meet; the first column of what it should do next. */
const ANSWERS: readonly (readonly [string, string])[] = [
  ['400', 'OPEN_HEADERS_INVALID、OPEN_BODY_INVALID：按 message 列出的各处改正'],
  ['401', 'OPEN_APP_UNKNOWN、OPEN_CLOCK_OUTSIDE、OPEN_SIGNATURE_WRONG：核对应用编号、时钟、密钥'],
  ['403', 'OPEN_ADDRESS_REFUSED、OPEN_OUTSIDE_GRANT：与市社保中心核对登记的地址、来源、县区'],
  ['409', 'OPEN_REPLAYED：换新的随机数；OPEN_EVENT_DIFFERS：更正请用新的事件号'],
  ['413', 'OPEN_BODY_TOO_LARGE：拆成较小的批'],
  ['429', 'OPEN_TOO_MANY_REQUESTS：按 Retry-After 等待后换新的随机数重发'],
  ['503', 'OPEN_BUSY、OPEN_UNAVAILABLE：按 Retry-After 等待后换新的随机数重发'],
];

/** Describes the open interface (OpenAPI 3.1) from the very fields that are checked. */
export function describeOpenApi(content: MunicipalContent): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: '回流 Huiliu 部门报送接口',
      version: '1',
      description:
        '公安、民政、卫健、法院、司法等部门实时报送死亡与服刑羁押信息。签名约定 HL-SIGN-1。',
    },
    paths: {
      '/open/v1/deaths': pathOf('death', '报送死亡信息（单件或一批）'),
      '/open/v1/custody': pathOf('custody', '报送服刑羁押信息（单件或一批）'),
    },
    components: {
      schemas: {
        ...schemasOf('death', '死亡信息', content),
        ...schemasOf('custody', '服刑羁押信息', content),
        receipts: {
          type: 'object',
          required: ['receipt', 'rows'],
          properties: {
            receipt: { type: 'string', description: '第一件的回执号' },
            rows: { type: 'array', items: RECEIPT },
          },
        },
        error: {
          type: 'object',
          required: ['code', 'message', 'details'],
          properties: {
            code: { type: 'string' },
            message: { type: 'string', description: '发生了什么、为什么、怎么办' },
            details: { type: 'object' },
          },
        },
      },
    },
  };
}

function pathOf(subject: Subject, title: string): Json {
  const bodies = ['event', 'batch'].map((form) => ({
    $ref: `#/components/schemas/${subject}_${form}`,
  }));
  return {
    post: {
      summary: title,
      operationId: `report_${subject}`,
      parameters: HEADERS.map(([name, description, pattern]) => ({
        ...{ name, in: 'header', required: true, description, schema: { type: 'string', pattern } },
      })),
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { oneOf: bodies } } },
      },
      responses: {
        202: answer('已收件，回执号可用来核对；同一事件重发得到同一回执号', 'receipts'),
        ...Object.fromEntries(ANSWERS.map(([status, text]) => [status, answer(text, 'error')])),
      },
    },
  };
}

const RECEIPT: Json = {
  type: 'object',
  required: ['event_id', 'receipt', 'known'],
  properties: {
    event_id: { type: 'string', description: '事件号' },
    receipt: { type: 'string', description: '回执号', pattern: '^HL[0-9]{12}$' },
    known: { type: 'boolean', description: '以前已收过' },
  },
};

const answer = (description: string, schema: string): Json => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
});

function schemasOf(subject: Subject, title: string, content: MunicipalContent): Json {
  const fields = EVENT_FIELDS[subject];
  return {
    [`${subject}_event`]: {
      ...{ type: 'object', title, additionalProperties: false },
      required: fields.filter((field) => field.required === true).map((field) => field.name),
      properties: Object.fromEntries(fields.map((field) => [field.name, schemaOf(field, content)])),
    },
    [`${subject}_batch`]: {
      ...{ type: 'object', title: `${title}（一批）`, additionalProperties: false },
      required: ['batch_id', 'events'],
      properties: {
        batch_id: {
          type: 'string',
          description: '批号',
          pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
        },
        events: {
          ...{ type: 'array', minItems: 1, maxItems: MOST_EVENTS },
          items: { $ref: `#/components/schemas/${subject}_event` },
        },
      },
    },
  };
}

const SHAPES: Readonly<Record<EventField['form'], Json>> = {
  event_id: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' },
  kind: { type: 'string', enum: ['report', 'correction', 'revocation'], default: 'report' },
  sequence: { type: 'integer', minimum: 0 },
  instant: { type: 'string', format: 'date-time' },
  code: { type: 'string' },
  id_no: { type: 'string', pattern: '^([0-9]{15}|[0-9]{17}[0-9X])$' },
  name: { type: 'string', minLength: 1 },
  sex: { type: 'string' },
  day: { type: 'string', format: 'date' },
  partial_day: { type: 'string', pattern: '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$' },
  text: { type: 'string', minLength: 1 },
};

function schemaOf(field: EventField, content: MunicipalContent): Json {
  const values = field.codes === undefined ? undefined : content.codeLists.get(field.codes)?.values;
  const listed = values?.map((each) => `${each.value} ${each.label}`).join('，');
  const description = [field.title, field.note, listed]
    .filter((text) => text !== undefined)
    .join('；');
  return {
    ...SHAPES[field.form],
    ...(field.length === undefined ? {} : { maxLength: field.length }),
    ...(values === undefined || field.codes === 'CL_AGENCY'
      ? {}
      : { enum: values.map((each) => each.value) }),
    ...(field.example === undefined ? {} : { examples: [field.example] }),
    description,
  };
}
