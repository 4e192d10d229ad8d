import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { openCase, seen } from '../../../alerts/testing/case-now.ts';
import { openFullCase } from '../../../alerts/testing/full-case.ts';
import { runComparison } from '../../../deaths/index.ts';
import { loadPackages } from '../../../ingest/index.ts';
import { silentProgress } from '../../../kernel/index.ts';
import { startRun } from '../../../rules/index.ts';
import { forWholeCity } from '../../../security/index.ts';
import type { Workspace } from '../../workspace.ts';
import type { Ids } from '../route-objects.ts';

const SAMPLE = join(import.meta.dirname, '../../../../../tools/sample-package');
/** Agency that owns the prepared objects, save the conflict, which is where the sample has it. */
const HOME = '140502';
const PACKAGE = 'SX-F-20261031-001';

/** A prepared object: its numbers, and the agency or person it belongs to. */
export interface Prepared {
  readonly ids: Ids;
  /** `city`: whoever may use the route may ask for it. */
  readonly belongsTo: 'agency' | 'person' | 'city';
  readonly agency: string;
}

/** Asks the server as somebody with every right in the home county. */
export type AskHome = (
  method: 'GET' | 'POST',
  url: string,
  body?: object,
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
) => Promise<any>;

interface Desk {
  readonly workspace: Workspace;
  readonly ask: AskHome;
  /** What took long to make and any number of routes may use. */
  readonly once: <T>(name: string, make: () => Promise<T>) => Promise<T>;
}

const why = {
  purpose_code: 'benefit_check',
  matter_no: 'SL-2026-0001',
  note: '核实待遇资格是否有效',
};
const of = (ids: Ids, agency = HOME): Prepared => ({ ids, belongsTo: 'agency', agency });
const ofCity = (ids: Ids): Prepared => ({ ids, belongsTo: 'city', agency: HOME });
const ofPerson = (ids: Ids): Prepared => ({ ids, belongsTo: 'person', agency: HOME });

/** One row of the operational database. */
async function row(workspace: Workspace, query: RawBuilder<unknown>) {
  const { rows } = await query.execute(workspace.postgres.kysely<unknown>());
  assert.ok(rows[0]);
  return rows[0] as Readonly<Record<string, unknown>>;
}

/** One row of a table that shows everybody the own agencies only: here whoever's it is. */
function scopedRow(workspace: Workspace, query: RawBuilder<unknown>) {
  return forWholeCity(workspace.postgres.kysely<unknown>(), async (db) => {
    const { rows } = await query.execute(db);
    assert.ok(rows[0]);
    return rows[0] as Readonly<Record<string, unknown>>;
  });
}

function someone(desk: Desk): Promise<{ person_id: string; id_no: string; name: string }> {
  return desk.once('person', async () => {
    const found = await desk.workspace.duck.read((session) =>
      session.first<{ person_id: string; id_no: string; name: string }>(
        `select person_id, id_no, name from main.person p
          where agency = '${HOME}' and life_status = '1' and id_no is not null
          and not exists (select 1 from main.death_event d where d.id_no = p.id_no)
          order by person_id limit 1`,
      ),
    );
    assert.ok(found, 'the sample has somebody alive in the home county');
    return found;
  });
}

async function fullCase(desk: Desk): Promise<Prepared> {
  const ids = await desk.once('case', async () => {
    const { alerts } = desk.workspace;
    const made = await openFullCase({ world: alerts, rows: async () => undefined });
    const { version } = await seen(alerts, made.theirs);
    assert.ok(version > 1);
    const detail = await desk.ask('GET', `/api/alerts/cases/${made.theirs}`);
    const writeOff = await desk.ask('POST', `/api/recovery/${made.recovery_id}/write-off`, {
      ...{ amount_fen: 40, booked_on: '2026-11-02', document: '核销批复 1 号' },
    });
    const agreement = await desk.ask('POST', `/api/recovery/${made.recovery_id}/agreement`, {
      ...{ signed_on: '2026-11-02', document: '还款协议 1 号' },
      instalments: [{ due_on: '2026-12-01', amount_fen: 287_540 }],
    });
    return {
      ...{ case_id: made.theirs, evidence_id: made.file.evidence_id, snooze_id: made.snooze_id },
      ...{ recovery_id: made.recovery_id, entry_id: made.entry.entry_id },
      ...{ disposal_id: detail.disposals[0].disposal_id, agreement_id: agreement.agreement_id },
      write_off_id: writeOff.entry_id,
    };
  });
  return of(ids);
}

/** How to get one of each kind of thing a route can be asked for. */
export const PREPARE = {
  account: async ({ ask }) => {
    const login = `n${randomUUID().slice(0, 8)}`;
    const made = await ask('POST', '/api/accounts/create', { login, name: '新人', kind: 'staff' });
    return ofCity({ account_id: made.account_id });
  },
  grant: async (desk) => {
    const { ids } = await PREPARE.account(desk);
    const terms = { role: 'leader', agencies: ['*'], insurances: ['*'], unmask: false };
    const asked = await desk.ask('POST', `/api/accounts/${ids.account_id}/grants`, {
      ...{ ...terms, valid_to: '2026-12-31', reason: '新任分管领导' },
    });
    return ofCity({ grant_id: String(asked.grant_id) });
  },
  session: async ({ workspace }) =>
    ofCity({
      session_id: String(
        (await row(workspace, sql`select session_id from identity_session limit 1`)).session_id,
      ),
    }),
  alarm: async ({ workspace }) => {
    const made = await row(
      workspace,
      sql`insert into access_alarm (kind, actor, detail, at)
        values ('mass_query', 'user:x', '一小时内查询过多', now()) returning alarm_id`,
    );
    return ofCity({ alarm_id: String(made.alarm_id) });
  },
  token: async ({ ask }) => {
    const made = await ask('POST', '/api/screen-tokens', { title: '大厅大屏', days: 1 });
    return ofCity({ token_id: String(made.token_id) });
  },
  app: async ({ ask }) => {
    const made = await ask('POST', '/api/interfaces/apps', {
      ...{ name: '市民政局', death_source: '01', agencies: [HOME] },
    });
    return ofCity({ app_id: made.app_id });
  },
  package: async () => ofCity({ package_id: PACKAGE }),
  rule: async () => ofCity({ rule_id: 'DTH-001' }),
  run: async (desk) =>
    ofCity(
      await desk.once('run', async () => {
        const report = await startRun(desk.workspace.rules, {
          ...{ actor: 'user:home', signal: new AbortController().signal, asOf: null },
          ...{ progress: silentProgress, rules: ['DTH-001'] },
        });
        return { run_id: report.run_id };
      }),
    ),
  change: async (desk) =>
    ofCity(
      await desk.once('change', async () => {
        const made = await desk.ask('POST', '/api/rules/DTH-002/propose', {
          ...{ to: 'retired', reason: '与另一条规则重复' },
        });
        return { change_no: String(made.change_no) };
      }),
    ),
  row: async (desk) => {
    const at = `/api/feed/packages/${PACKAGE}`;
    const { rows } = await desk.ask('GET', `${at}/rows?page_size=200&state=open`);
    for (const { dataset, line } of rows) {
      const shown = await desk.ask('POST', `${at}/row`, { dataset, line });
      const field = shown.fields.find((each: { editable: boolean }) => each.editable);
      if (field === undefined) continue;
      return of({ package_id: PACKAGE, dataset, line: String(line), column: field.column });
    }
    throw new Error('the sample has no failed row in the home county');
  },
  repair: async (desk) => {
    const made = await desk.once('repair', async () => {
      const [waiting] = (await desk.ask('GET', '/api/feed/repairs?state=proposed')).rows;
      if (waiting !== undefined) return { repair_id: String(waiting.repair_id) };
      const { ids } = await PREPARE.row(desk);
      const { dataset, line, column = '' } = ids;
      const asked = await desk.ask('POST', `/api/feed/packages/${ids.package_id}/edit`, {
        ...{ dataset, line: Number(line), reason: '核对身份证原件' },
        changes: { [column]: '140502195611030019' },
      });
      return { repair_id: String(asked.repair_id) };
    });
    return of(made);
  },
  workbook: async (desk) => {
    const { ids } = await PREPARE.repair(desk);
    await row(
      desk.workspace,
      sql`update ingest_repair set workbook = 77
        where repair_id = ${ids.repair_id}::bigint returning workbook`,
    );
    return of({ workbook: '77' });
  },
  upload: async ({ ask }) =>
    ofPerson({ upload_id: (await ask('POST', '/api/feed/uploads')).upload_id }),
  person: async (desk) => of({ person_id: (await someone(desk)).person_id }),
  look: async (desk) => {
    const { person_id } = await someone(desk);
    const look = await desk.ask('POST', '/api/dossier/open', { key: person_id, ...why });
    return of({ person_id, look_id: String(look.look_id) });
  },
  job: async ({ workspace }) => {
    const who = { actor: 'user:home' };
    return ofPerson({ job_id: await workspace.jobs.submit('exports.expire', {}, who) });
  },
  export: async ({ ask }) => {
    const asked = await ask('POST', '/api/exports/request', {
      ...{ source: 'persons', filters: {}, unmasked: false, format: 'csv' },
      reason: '核对十月待遇名单',
    });
    return of({ export_id: asked.export_id });
  },
  death: async (desk) => {
    const found = await desk.once('death', async () => {
      const { rows } = await desk.ask('GET', '/api/deaths?page_size=200');
      assert.ok(rows.length > 0, 'the sample has a dead person in the home county');
      const { record, person_id } = rows[0];
      const open = await desk.ask('POST', '/api/deaths/open', { record, purpose: '核实死亡信息' });
      const { source, event_id } = open.reports[0];
      return { record, person_id, source, event_id };
    });
    return of(found);
  },
  custody: async ({ workspace }) => {
    const { record, person_id, agency } = await scopedRow(
      workspace,
      sql`select subject as record, person_id, agency from custody_person limit 1`,
    );
    return of({ record: String(record), person_id: String(person_id) }, String(agency));
  },
  request: async (desk) => {
    const { id_no, name } = await someone(desk);
    const asked = await desk.ask('POST', '/api/deaths/register', {
      ...{ source: '07', death_date: '2026-10-02', evidence: '村委会证明，见附件', id_no, name },
    });
    return of({ request_no: asked.request_no });
  },
  conflict: async ({ workspace }) => {
    const found = await scopedRow(workspace, sql`select case_no, agency from death_case limit 1`);
    return of({ case_no: String(found.case_no) }, String(found.agency));
  },
  dead_letter: async ({ workspace }) => {
    const made = await scopedRow(
      workspace,
      sql`insert into inbound_event (subject, source, event_id, digest, channel, interface_id,
          agency, sealed_body, received_at, state, next_try_at)
        values ('death', '01', ${randomUUID()}, repeat('a', 64), 'test', 'test',
          ${HOME}, 'x', now(), 'dead', now())
        returning inbox_no`,
    );
    return of({ inbox_no: String(made.inbox_no) });
  },
  process_case: async ({ workspace }) => {
    const found = await workspace.duck.read((session) =>
      session.first<{ case_id: string }>(
        `select case_id from main.biz_case where agency = '${HOME}' order by case_id limit 1`,
      ),
    );
    assert.ok(found);
    return of({ case_id: found.case_id });
  },
  new_case: async ({ workspace, ask }) => {
    const case_id = await openCase(workspace.alerts, { agency: HOME });
    const [colleague] = await ask('GET', '/api/alerts/assignees');
    return of({ case_id, account: colleague.account });
  },
  case: fullCase,
  recovery: fullCase,
  view: async ({ ask }) => {
    const made = await ask('POST', '/api/alerts/views/save', {
      ...{ name: `我的 ${randomUUID().slice(0, 6)}`, filter: {} },
    });
    return ofPerson({ view_id: String(made.view_id) });
  },
} satisfies Readonly<Record<string, (desk: Desk) => Promise<Prepared>>>;

export type ObjectKind = keyof typeof PREPARE;

/** Loads the sample package and what follows from it, and tells how to prepare one of each kind. */
export async function prepareCity(
  workspace: Workspace,
  ask: AskHome,
): Promise<(kind: ObjectKind) => Promise<Prepared>> {
  await loadPackages(workspace.ingest, [SAMPLE], silentProgress);
  await runComparison(workspace.deaths, { trigger: 'publication', actor: 'test' });
  const made = new Map<string, unknown>();
  const once = async <T>(name: string, make: () => Promise<T>): Promise<T> => {
    if (!made.has(name)) made.set(name, await make());
    return made.get(name) as T;
  };
  const prepare: Readonly<Record<string, (desk: Desk) => Promise<Prepared>>> = PREPARE;
  return async (kind) => {
    const make = prepare[kind];
    if (make === undefined) throw new Error(`nothing prepares ${kind}`);
    return make({ workspace, ask, once });
  };
}
