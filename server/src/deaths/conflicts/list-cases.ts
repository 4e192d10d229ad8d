import type { Selectable } from 'kysely';
import { withinScope } from '../../security/index.ts';
import { caseUnknown } from '../errors.ts';
import { type Asker, auditAct } from '../registry/audit.ts';
import type { CaseRow, RegistryDb } from '../registry/tables.ts';
import { CONFLICT_TITLES, type ConflictKind } from '../verdict/model.ts';
import type { DeathsWorld } from '../world.ts';
import { readShownPersons, type ShownPerson } from './shown-person.ts';

/** An arbitration case as lists and pages show it (冲突案件). */
export interface ShownCase extends ShownPerson {
  readonly case_no: string;
  readonly person_id: string;
  readonly agency: string;
  readonly kinds: readonly { readonly kind: string; readonly title: string }[];
  readonly state: CaseRow['state'];
  readonly opened_at: string;
  readonly closed_at: string | null;
  /** Dates and sources side by side. */
  readonly facts: unknown;
  readonly opinion: {
    readonly verdict: '1' | '2';
    readonly died_on: string | null;
    readonly text: string;
    readonly by: string;
    readonly at: string;
  } | null;
  readonly confirmed_by: string | null;
  readonly confirmed_text: string | null;
  /** Effect a decision would have on payments: shown, nothing is carried out. */
  readonly effect: { readonly if_dead: string; readonly if_alive: string };
  readonly allowed_actions: readonly string[];
  /** Why an action that might be expected is not allowed. */
  readonly not_allowed: Readonly<Record<string, string>>;
}

export interface CaseStep {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly text: string;
}

const EFFECT = {
  if_dead: '裁决为死亡：死亡次月起的发放列为多发疑点，由经办人员核实后提出停发、追回建议',
  if_alive: '裁决为健在：该报告作误报处理，待遇照常发放，疑点撤下',
};

export interface CaseQuery {
  readonly state?: CaseRow['state'];
  readonly offset: number;
  readonly limit: number;
}

/** Lists arbitration cases within the asker's data scope, open ones first, masked. */
export async function listCases(
  world: DeathsWorld,
  asker: Asker,
  query: CaseQuery,
): Promise<{ readonly rows: readonly ShownCase[]; readonly total: number }> {
  const db: RegistryDb = world.db;
  const found = await withinScope(db, asker.principal.scope, async (transaction) => {
    const base = transaction
      .selectFrom('death_case')
      .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? 'open'));
    const counted = await base
      .select((is) => is.fn.countAll<bigint>().as('n'))
      .executeTakeFirstOrThrow();
    const rows = await base
      .selectAll()
      .orderBy((is) => is.case().when('state', 'in', ['open', 'opinion']).then(0).else(1).end())
      .orderBy('opened_at', 'desc')
      .orderBy('case_no', 'desc')
      .offset(query.offset)
      .limit(query.limit)
      .execute();
    return { rows, total: Number(counted.n) };
  });
  const people = await readShownPersons(
    world,
    found.rows.map(({ person_id }) => person_id),
  );
  return {
    rows: found.rows.map((row) => shownCase(row, people.get(row.person_id), asker)),
    total: found.total,
  };
}

/** Opens one case with its steps; the look is audited. @throws DEATHS_CASE_UNKNOWN */
export async function findCase(
  world: DeathsWorld,
  asker: Asker,
  caseNo: string,
): Promise<ShownCase & { readonly steps: readonly CaseStep[] }> {
  const db: RegistryDb = world.db;
  const { row, steps } = await withinScope(db, asker.principal.scope, async (transaction) => {
    const row = await transaction
      .selectFrom('death_case')
      .selectAll()
      .where('case_no', '=', caseNumber(caseNo))
      .executeTakeFirst();
    if (row === undefined) throw caseUnknown({});
    const steps = await transaction
      .selectFrom('death_case_step')
      .select(['at', 'actor', 'action', 'text'])
      .where('case_no', '=', row.case_no)
      .orderBy('step_no')
      .execute();
    const act = { action: 'deaths.case_open', object: row.person_id, purpose: '冲突裁决' };
    await auditAct(transaction, asker, { ...act, matterNo: `C${row.case_no}` }, world.clock);
    return { row, steps };
  });
  const people = await readShownPersons(world, [row.person_id]);
  return { ...shownCase(row, people.get(row.person_id), asker), steps };
}

/** Case numbers come from URLs: anything else is a case nobody has. */
export function caseNumber(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw caseUnknown({});
  return BigInt(text);
}

function shownCase(
  row: Selectable<CaseRow>,
  person: ShownPerson | undefined,
  asker: Asker,
): ShownCase {
  const { opinion_verdict: verdict, opinion_died_on, opinion_text, opinion_by, opinion_at } = row;
  return {
    ...{ case_no: String(row.case_no), person_id: row.person_id, agency: row.agency },
    name: person?.name ?? null,
    id_no: person?.id_no ?? null,
    kinds: row.kinds.map((kind) => ({
      kind,
      title: CONFLICT_TITLES[kind as ConflictKind] ?? kind,
    })),
    ...{ state: row.state, opened_at: row.opened_at, closed_at: row.closed_at, facts: row.facts },
    opinion:
      verdict === null
        ? null
        : {
            ...{ verdict, died_on: opinion_died_on, text: opinion_text ?? '' },
            ...{ by: opinion_by ?? '', at: opinion_at ?? '' },
          },
    ...{ confirmed_by: row.confirmed_by, confirmed_text: row.confirmed_text, effect: EFFECT },
    ...actionsOn(row, asker),
  };
}

function actionsOn(
  row: Pick<Selectable<CaseRow>, 'state' | 'opinion_by'>,
  { principal }: Asker,
): Pick<ShownCase, 'allowed_actions' | 'not_allowed'> {
  const may = (right: string) => principal.permissions.has(right);
  const open = row.state === 'open' || row.state === 'opinion';
  const allowed = [
    ...(row.state === 'open' && may('deaths.arbitrate') ? ['give_opinion'] : []),
    ...(open && may('deaths.arbitrate') ? ['write_letter', 'inquire'] : []),
  ];
  if (row.state !== 'opinion' || !may('deaths.confirm')) {
    return { allowed_actions: allowed, not_allowed: {} };
  }
  if (row.opinion_by === principal.actor) {
    const why = '意见是您提的，须由另一人确认';
    return { allowed_actions: allowed, not_allowed: { confirm: why, refuse: why } };
  }
  return { allowed_actions: [...allowed, 'confirm', 'refuse'], not_allowed: {} };
}
