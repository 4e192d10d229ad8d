import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { requirePurpose, withinScope } from '../../security/index.ts';
import { caseUnknown } from '../errors.ts';
import { type Asker, auditAct } from '../registry/audit.ts';
import type { RegistryDb } from '../registry/tables.ts';
import type { DeathsWorld } from '../world.ts';
import { caseNumber } from './list-cases.ts';
import { readShownPersons } from './shown-person.ts';

/** A letter to a department (协查函), ready to print. */
export interface Letter {
  readonly title: string;
  readonly to: string;
  readonly body: string;
}

interface Facts {
  readonly statements: readonly {
    readonly source: string;
    readonly died_from: string | null;
    readonly died_to: string | null;
  }[];
  readonly signs: readonly { readonly title: string; readonly seen_on: string }[];
}

/**
 * Writes the letter that asks one department about a contradiction. It holds the full name and
 * number, which the department needs, so a purpose is asked for and the writing is audited.
 * @throws DEATHS_CASE_UNKNOWN, SECURITY_PURPOSE_INVALID
 */
export async function writeLetter(
  world: DeathsWorld,
  asker: Asker,
  request: { readonly caseNo: string; readonly source: string; readonly purpose: string },
): Promise<Letter> {
  const purpose = requirePurpose(request.purpose);
  const { letter, sources } = world.pack;
  const asks = sources.get(request.source)?.asks;
  if (asks === undefined) throw caseUnknown({});
  const db: RegistryDb = world.db;
  const row = await withinScope(db, asker.principal.scope, async (transaction) => {
    const row = await transaction
      .selectFrom('death_case')
      .selectAll()
      .where('case_no', '=', caseNumber(request.caseNo))
      .executeTakeFirst();
    if (row === undefined) throw caseUnknown({});
    const { case_no, agency, person_id } = row;
    const at = shanghaiTime(world.clock.now());
    const step = { case_no, agency, at, actor: asker.principal.actor };
    await transaction
      .insertInto('death_case_step')
      .values({ ...step, action: 'letter', text: `生成协查函：${asks}` })
      .execute();
    const act = { action: 'deaths.letter', object: person_id, purpose };
    await auditAct(transaction, asker, { ...act, matterNo: `C${case_no}` }, world.clock);
    return row;
  });
  const person = (await readShownPersons(world, [row.person_id], false)).get(row.person_id);
  const facts = row.facts as Facts;
  const values: Readonly<Record<string, string>> = {
    ...{ asks, name: person?.name ?? '（未找到）', id_no: person?.id_no ?? '（未找到）' },
    statements: numbered(factLines(world, facts)),
    questions: numbered(row.kinds.map((kind) => letter.questions[kind] ?? kind)),
    ...{ days: String(letter.days), office: letter.office, case_no: `C${row.case_no}` },
    today: shanghaiDay(world.clock.now()),
  };
  const body = letter.body.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return { title: letter.title, to: asks, body };
}

function factLines({ pack }: DeathsWorld, { statements, signs }: Facts): string[] {
  const said = statements.map(({ source, died_from, died_to }) => {
    const kind = pack.sources.get(source);
    const who = `${kind?.title ?? source}（依据：${kind?.basis ?? '不详'}）`;
    if (died_to === null) return `${who}：未报死亡日期`;
    return `${who}：死亡日期 ${died_from === died_to ? died_to : `${died_from} 至 ${died_to}`}`;
  });
  return [...said, ...signs.map(({ title, seen_on }) => `本单位数据：${seen_on} ${title}`)];
}

function numbered(lines: readonly string[]): string {
  return lines.map((line, index) => `${index + 1}. ${line}`).join('\n  ');
}
