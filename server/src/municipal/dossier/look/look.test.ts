import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Principal } from '../../../contract/index.ts';
import { withAuditContext } from '../../../security/index.ts';
import { rowsOf } from '../model.ts';
import {
  clerk,
  LI,
  ORIGIN,
  openTwoCounties,
  REASON,
  type TwoCounties,
  WANG,
} from '../testing/two-counties.ts';
import { listOwnAccesses, openLook, pageSection, summarise, unmaskField } from './index.ts';

let setup: TwoCounties;
before(async () => {
  setup = await openTwoCounties();
});
after(() => setup.close());
beforeEach(async () => {
  await sql`alter table audit_entry disable trigger all`.execute(setup.db);
  await sql`truncate audit_entry`.execute(setup.db);
  await sql`alter table audit_entry enable trigger all`.execute(setup.db);
});

const open = (key: string, principal = clerk(), asOf: string | null = null) =>
  openLook(setup.world, principal, { key, asOf, reason: REASON, origin: ORIGIN });
const entries = () => setup.db.selectFrom('audit_entry').selectAll().orderBy('seq').execute();
const inspector = clerk({ unmask: true }, ['dossier.read', 'dossier.unmask']);

describe('opening a record', () => {
  it('gives it masked, with its number, what was not returned and what may be done', async () => {
    const look = await open('P1');
    const text = JSON.stringify(look);
    for (const secret of [WANG, '王测试', '13800001234', '凤鸣', '6217055135640068336']) {
      assert.ok(!text.includes(secret), secret);
    }
    assert.equal(look.person.name, '王*试');
    assert.ok(look.not_returned.includes('medical_claims'));
    assert.ok(!look.not_returned.includes('contributions'));
    assert.deepEqual(look.allowed_actions, ['section', 'summary', 'access']);
    assert.deepEqual((await open('P1', inspector)).allowed_actions.at(-1), 'unmask');
    assert.equal((await open(WANG)).person.person_id, 'P1');
    const [entry] = await entries();
    assert.equal(Number(entry?.seq), look.look_id);
  });

  it('names roles, department and session of the request in the log', async () => {
    await withAuditContext(clerk(), () => open('P1'));
    const [entry] = await entries();
    assert.deepEqual(
      [entry?.roles, entry?.department, entry?.address, entry?.request_id?.slice(0, 8)],
      ['window_clerk', '待遇科', '10.140.5.17', '3f9e2c44'],
    );
    assert.match(entry?.session_tag ?? '', /^[0-9a-f]{16}$/);
  });

  it('answers out of scope exactly like somebody who does not exist, and tells them apart in the log', async () => {
    const failure = (key: string) =>
      open(key).then(
        () => assert.fail('opened'),
        (error: { code: string; message: string; details: object }) => ({
          ...{ code: error.code, message: error.message, details: error.details },
        }),
      );
    const hidden = await failure('P2');
    assert.deepEqual(hidden, await failure('P404'));
    assert.deepEqual(await failure(LI), await failure('140521196001310144'));
    assert.equal(hidden.code, 'MUNICIPAL_PERSON_UNKNOWN');
    assert.deepEqual(
      (await entries()).map((entry) => [entry.object, entry.outcome]),
      [
        ['P2', 'refused'],
        [null, 'not_found'],
        ['P2', 'refused'],
        [null, 'not_found'],
      ],
    );
  });

  it('leaves out rows of insurances out of scope, also page by page', async () => {
    const narrow = clerk({ insurances: ['110'] });
    const look = await open('P1', narrow);
    assert.deepEqual(
      rowsOf(look, 'contributions').map((row) => row.insurance),
      ['110'],
    );
    assert.equal(look.timelines['210'], undefined);
    const page = await pageSection(setup.world, narrow, {
      ...{ personId: 'P1', lookId: look.look_id, section: 'contributions', asOf: null },
      ...{ page: 1, pageSize: 10, origin: ORIGIN },
    });
    assert.deepEqual([page.total, page.rows.length], [1, 1]);
  });

  it('asks the quota before the record is read, and a used up quota shows nothing', async () => {
    const world = {
      ...setup.world,
      countPerson: async (_: Principal, personId: string) => {
        throw new Error(`quota for ${personId}`);
      },
    };
    await assert.rejects(
      openLook(world, clerk(), { key: 'P1', asOf: null, reason: REASON, origin: ORIGIN }),
      /quota for P1/,
    );
    assert.deepEqual(await entries(), []);
  });
});

describe('going on with an opened record', () => {
  const section = (lookId: number, principal = clerk(), personId = 'P1') =>
    pageSection(setup.world, principal, {
      ...{ personId, lookId, section: 'payee_accounts', asOf: null },
      ...{ page: 1, pageSize: 10, origin: ORIGIN },
    });

  it('pages a section masked, with an entry that carries the reason on', async () => {
    const { look_id: lookId } = await open('P1');
    const { rows, total } = await section(lookId);
    assert.deepEqual([total, rows[0]?.account_no, rows[0]?.card_no], [1, '****8336', '****5678']);
    const last = (await entries()).at(-1);
    assert.deepEqual(
      [last?.action, last?.object, last?.matter_no, last?.purpose],
      ['dossier.section', 'P1', 'SL-2026-000123', '核实待遇资格：核实退休待遇资格'],
    );
  });

  it('is refused for a record of another person or opener, an hour later, and out of reach', async () => {
    const { look_id: lookId } = await open('P1');
    const unknown = { code: 'MUNICIPAL_LOOK_UNKNOWN' };
    await assert.rejects(section(lookId + 1), unknown);
    await assert.rejects(section(lookId, clerk(), 'P3'), unknown);
    await assert.rejects(section(lookId, { ...clerk(), actor: 'user:other' }), unknown);
    const later = { now: () => new Date('2026-11-05T02:02:04.000Z') };
    const input = {
      ...{ personId: 'P1', lookId, section: 'payee_accounts', asOf: null, page: 1 },
      ...{ pageSize: 10, origin: ORIGIN },
    };
    await assert.rejects(pageSection({ ...setup.world, clock: later }, clerk(), input), unknown);
    const moved = clerk({ agencies: ['140521'] });
    await assert.rejects(section(lookId, moved), { code: 'MUNICIPAL_PERSON_UNKNOWN' });
  });

  it('prints a masked summary with a watermark, and the log calls it a print', async () => {
    const { look_id: lookId } = await open('P1');
    const summary = await summarise(setup.world, clerk(), {
      ...{ personId: 'P1', lookId, origin: ORIGIN },
    });
    assert.equal(summary.watermark, '王丽 待遇科 2026-11-05 09:02 17');
    assert.equal(summary.person.id_no, '140502************');
    assert.deepEqual(
      summary.insurances.map(({ insurance, paid_months }) => [insurance, paid_months]),
      [
        ['110', 1],
        ['210', 1],
      ],
    );
    assert.equal((await entries()).at(-1)?.action, 'dossier.print');
  });

  it('shows the own looks and only the number of those of others', async () => {
    await open('P1', { ...clerk(), actor: 'user:other' });
    const { look_id: lookId } = await open('P1');
    const list = await listOwnAccesses(setup.world, clerk(), {
      ...{ personId: 'P1', lookId, page: 1, pageSize: 10, origin: ORIGIN },
    });
    assert.deepEqual([list.total, list.others], [1, 1]);
    assert.equal(list.rows[0]?.at, '2026-11-05T09:02:03+08:00');
    assert.ok(!JSON.stringify(list).includes('user:other'));
  });
});

describe('unmasking one field', () => {
  const unmask = (changes: object = {}, principal = inspector) =>
    unmaskField(setup.world, principal, {
      ...{ personId: 'P1', dataset: 'person', row: null, column: 'id_no' },
      ...{ lookId: 1, reason: REASON, origin: ORIGIN },
      ...changes,
    });

  it('gives the plain value of that field, tells when to hide it and leaves an entry', async () => {
    const { look_id: lookId } = await open('P1', inspector);
    assert.deepEqual(await unmask({ lookId }), {
      ...{ value: WANG, hide_after_s: 30, shown_at: '2026-11-05T09:02:03+08:00' },
    });
    const account = { dataset: 'payee_account', column: 'account_no' };
    const row = { packageId: 'SX-1', line: 2 };
    assert.equal((await unmask({ lookId, ...account, row })).value, '6217055135640068336');
    const last = (await entries()).at(-1);
    assert.equal(last?.purpose, '核实待遇资格：核实退休待遇资格（字段 payee_account.account_no）');
    const purposes = (await entries()).map((entry) => `${entry.purpose} ${entry.object}`).join();
    assert.ok(!purposes.includes('6217055135640068336') && !purposes.includes(WANG));
  });

  it('is refused, and noted, without the right or without the scope for it', async () => {
    const { look_id: lookId } = await open('P1', inspector);
    const scopeOnly = clerk({ unmask: true }, ['dossier.read']);
    const rightOnly = clerk({}, ['dossier.read', 'dossier.unmask']);
    for (const principal of [clerk(), scopeOnly, rightOnly]) {
      await assert.rejects(unmask({ lookId }, principal), { code: 'MUNICIPAL_UNMASK_FORBIDDEN' });
      const last = (await entries()).at(-1);
      assert.deepEqual([last?.action, last?.outcome], ['dossier.unmask', 'refused']);
    }
  });

  it('gives nothing of another person, another row, an open field or without reason', async () => {
    const { look_id: lookId } = await open('P1', inspector);
    const unknown = { code: 'MUNICIPAL_FIELD_UNKNOWN' };
    const account = { dataset: 'payee_account', column: 'account_no' };
    await assert.rejects(
      unmask({ lookId, ...account, row: { packageId: 'SX-1', line: 3 } }),
      unknown,
    );
    await assert.rejects(unmask({ lookId, ...account }), unknown);
    await assert.rejects(unmask({ lookId, column: 'sex' }), unknown);
    await assert.rejects(unmask({ lookId, column: 'id_no from rows.person --' }), unknown);
    await assert.rejects(unmask({ lookId, dataset: 'operator' }), unknown);
    await assert.rejects(unmask({ lookId, personId: 'P3' }), { code: 'MUNICIPAL_LOOK_UNKNOWN' });
    const silent = { ...REASON, note: '看看' };
    await assert.rejects(unmask({ lookId, reason: silent }), { code: 'MUNICIPAL_REASON_INVALID' });
  });
});
