import { type Kysely, sql } from 'kysely';
import type { KnownApp } from '../apps/index.ts';
import { readIdNumber, subjectOfId } from '../registry/identity.ts';
import { isJson, isText, type Json, listIn } from './envelope.ts';
import type { SpdciWorld } from './handle.ts';

/** Reasons for which one search of a batch is refused. @source SearchStatusReasonCode */
type Reason =
  | 'rjct.reference_id.invalid'
  | 'rjct.reference_id.duplicate'
  | 'rjct.timestamp.invalid'
  | 'rjct.search_criteria.invalid'
  | 'rjct.pagination.invalid';

class Rejected extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Types under which a citizen number may be asked for. */
const ID_TYPES = ['UIN', 'NIN', 'NATIONAL_ID', 'NationalID', 'id_no'];
const LARGEST_PAGE = 2_000;

/** Answers a batch of searches: who is asked for must be named by number, nobody is listed. */
export async function answerSearch(
  world: SpdciWorld,
  db: Kysely<never>,
  app: KnownApp,
  message: Json,
): Promise<readonly Json[]> {
  const seen = new Set<string>();
  const answers: Json[] = [];
  for (const request of listIn(message, 'search_request')) {
    const reference = isText(request.reference_id) ? request.reference_id : '';
    const timestamp = world.clock.now().toISOString();
    try {
      if (reference === '') throw new Rejected('rjct.reference_id.invalid', '缺少 reference_id');
      if (seen.has(reference))
        throw new Rejected('rjct.reference_id.duplicate', 'reference_id 重复');
      seen.add(reference);
      if (Number.isNaN(Date.parse(String(request.timestamp)))) {
        throw new Rejected('rjct.timestamp.invalid', 'timestamp 不是时刻');
      }
      const found = await findRecords(world, db, app, request);
      answers.push({ reference_id: reference, timestamp, status: 'succ', ...found });
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const { reason, message: why } = error;
      answers.push({
        ...{ reference_id: reference || 'unknown', timestamp, status: 'rjct' },
        ...{ status_reason_code: reason, status_reason_message: why },
      });
    }
  }
  return answers;
}

async function findRecords(
  world: SpdciWorld,
  db: Kysely<never>,
  app: KnownApp,
  request: Json,
): Promise<Json> {
  const criteria = request.search_criteria;
  if (!isJson(criteria)) throw new Rejected('rjct.search_criteria.invalid', '缺少 search_criteria');
  const numbers = numbersIn(criteria);
  const page = pageOf(criteria.pagination);
  const wanted = new Map(
    numbers.map((number) => {
      const { value } = readIdNumber(number);
      return [subjectOfId(world.keys, value), value] as const;
    }),
  );
  const { rows } = await sql<{
    subject: string;
    verdict: string | null;
    died_on: string | null;
    standing: string;
  }>`
    select subject, verdict, died_on, standing from death_person
    where subject = any(${[...wanted.keys()]}::text[]) and agency = any(${[...app.agencies]}::text[])
      and standing = 'reported'
    order by subject`.execute(db);
  const shown = rows.slice((page.number - 1) * page.size, page.number * page.size);
  return {
    data: {
      version: '1.0.0',
      reg_type: 'ns:org:RegistryType:CRVS',
      reg_record_type: 'spdci-extensions-dci:Person',
      reg_records: shown.map((row) => ({
        '@type': 'CRVS_Person',
        identifier: {
          ...{ '@type': 'Identifier', identifier_type: 'UIN' },
          identifier_value: wanted.get(row.subject) ?? '',
        },
        ...(row.died_on === null ? {} : { death_date: row.died_on }),
        // What the departments said is not yet what people decided.
        death_status:
          row.verdict === '1' ? 'confirmed' : row.verdict === '3' ? 'disputed' : 'reported',
      })),
    },
    pagination: { page_size: page.size, page_number: page.number, total_count: rows.length },
  };
}

/** The citizen numbers a query names, whatever form it has. */
function numbersIn({ query_type: type, query }: Json): readonly string[] {
  const refuse = (why: string): never => {
    throw new Rejected('rjct.search_criteria.invalid', why);
  };
  if (type === 'idtype-value' && isJson(query)) {
    if (!ID_TYPES.includes(String(query.type))) refuse('只能按公民身份号码（UIN）查询');
    return textsOf(query.value) ?? refuse('value 应为公民身份号码');
  }
  if (
    type === 'expression' &&
    isJson(query) &&
    isJson(query.value) &&
    isJson(query.value.expression)
  ) {
    const found = Object.entries(query.value.expression).flatMap(([name, condition]) =>
      ID_TYPES.includes(name) && isJson(condition)
        ? (textsOf(condition.eq ?? condition.in) ?? [])
        : [],
    );
    return found.length > 0 ? found : refuse('expression 应写明 UIN 的 eq 或 in');
  }
  if (type === 'predicate' && Array.isArray(query)) {
    const found = query.flatMap((each) =>
      isJson(each) && isJson(each.expression1) ? numbersOf(each.expression1) : [],
    );
    return found.length > 0 ? found : refuse('predicate 应写明 UIN 的 eq 或 in');
  }
  return refuse(
    '不支持这种查询方式，可用 idtype-value、expression、predicate，并按公民身份号码查询',
  );
}

function numbersOf({
  attribute_name: name,
  operator,
  attribute_value: value,
}: Json): readonly string[] {
  if (!ID_TYPES.includes(String(name)) || !['eq', 'in'].includes(String(operator))) return [];
  return textsOf(value) ?? [];
}

function textsOf(value: unknown): readonly string[] | null {
  const list = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.length <= 1_000 && list.every(isText) ? (list as string[]) : null;
}

function pageOf(raw: unknown): { readonly size: number; readonly number: number } {
  if (raw === undefined) return { size: 100, number: 1 };
  const { page_size: size, page_number: number = 1 } = isJson(raw) ? raw : {};
  const whole = (value: unknown, most: number): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
  if (!whole(size, LARGEST_PAGE) || !whole(number, 1_000_000)) {
    throw new Rejected(
      'rjct.pagination.invalid',
      `page_size 应为 1 到 ${LARGEST_PAGE}，page_number 从 1 起`,
    );
  }
  return { size, number };
}
