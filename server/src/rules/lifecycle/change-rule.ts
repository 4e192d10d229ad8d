import { shanghaiTime } from '../../kernel/index.ts';
import { changeInvalid, ruleUnknown } from '../errors.ts';
import type { RuleDef, RuleStatus } from '../model.ts';
import { auditAct } from '../register/audit.ts';
import { effectivePack } from '../register/effective-pack.ts';
import type { RuleChangeValues } from '../register/tables.ts';
import type { RulesWorld } from '../world.ts';
import { readChanges } from './back-test.ts';

/** Steps a rule may take (规则状态); a retired rule stays, with its reason. */
const STEPS: Readonly<Record<RuleStatus, readonly RuleStatus[]>> = {
  draft: ['trial', 'retired'],
  trial: ['active', 'draft', 'retired'],
  active: ['trial', 'retired'],
  retired: [],
};

export interface ChangeRequest {
  readonly rule: string;
  readonly to?: RuleStatus;
  /** Parameter → value as typed. */
  readonly params?: Readonly<Record<string, string>>;
  readonly agency?: string;
  readonly reason: string;
  readonly by: string;
  readonly origin: string;
}

/**
 * Asks for another status or other parameter values of a rule; nothing changes until a second person
 * agrees. Returns the number of the request.
 * @throws RULES_RULE_UNKNOWN, RULES_CHANGE_INVALID, RULES_PARAM_INVALID
 */
export async function askChange(world: RulesWorld, request: ChangeRequest): Promise<number> {
  const pack = await effectivePack(world);
  const rule = pack.rules.get(request.rule);
  if (rule === undefined) throw ruleUnknown({ id: request.rule });
  if (rule.broken !== undefined) throw changeInvalid({ what: rule.broken });
  const { before, after } = changeOf(world, rule, request);
  const open = await world.db
    .selectFrom('rule_change')
    .select('change_no')
    .where('rule_id', '=', rule.id)
    .where('state', '=', 'asked')
    .where('what', '=', after.status === undefined ? 'params' : 'status')
    .executeTakeFirst();
  if (open !== undefined) {
    const what = `规则 ${rule.id} 已有一项待批的变更（第 ${open.change_no} 号），请先办完那一项。`;
    throw changeInvalid({ what });
  }
  return world.db.transaction().execute(async (db) => {
    const row = await db
      .insertInto('rule_change')
      .values({
        ...{ rule_id: rule.id, version: rule.version, reason: request.reason },
        what: after.status === undefined ? 'params' : 'status',
        before: JSON.stringify(before),
        after: JSON.stringify(after),
        agency: request.agency ?? null,
        ...{ asked_by: request.by, asked_at: shanghaiTime(world.clock.now()) },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const act = actOf(request, 'rules.propose', rule.id, `申请变更规则：${request.reason}`);
    await auditAct(db, { ...act, changed: { before: null, after: row } }, world.clock);
    return row.change_no;
  });
}

function changeOf(
  world: RulesWorld,
  rule: RuleDef,
  { to, params, agency }: ChangeRequest,
): { before: RuleChangeValues; after: RuleChangeValues } {
  if ((to === undefined) === (params === undefined || Object.keys(params).length === 0)) {
    throw changeInvalid({ what: '一次只能申请一种变更：状态，或者参数。' });
  }
  if (agency !== undefined && !world.content.agencies.has(agency)) {
    throw changeInvalid({ what: `没有经办机构 ${agency}，请核对编码。` });
  }
  if (to !== undefined) {
    if (!STEPS[rule.status].includes(to)) {
      const may = STEPS[rule.status].join('、') || '不能再变';
      const what = `规则 ${rule.id} 现为 ${rule.status}，不能直接改为 ${to}；可以改为：${may}。`;
      throw changeInvalid({ what });
    }
    if (to !== 'draft' && to !== 'retired' && rule.sql === '') {
      const what = `规则 ${rule.id} 还缺数据（${rule.missing ?? '无 SQL'}），不能启用。`;
      throw changeInvalid({ what });
    }
    return { before: { status: rule.status }, after: { status: to } };
  }
  const changes = readChanges(rule, params ?? {});
  const before = Object.fromEntries(
    Object.keys(changes).map((name) => {
      const param = rule.params.get(name);
      const own = agency === undefined ? undefined : param?.agencies.get(agency);
      return [name, own ?? param?.value ?? ''];
    }),
  );
  return { before: { params: before }, after: { params: changes } };
}

/**
 * Agrees to or refuses a requested change; never the person who asked.
 * @throws RULES_CHANGE_INVALID
 */
export async function decideChange(
  world: RulesWorld,
  decision: {
    readonly change: number;
    readonly agree: boolean;
    readonly by: string;
    readonly origin: string;
    readonly opinion: string;
  },
): Promise<{ readonly rule: string; readonly state: 'approved' | 'refused' }> {
  const { db, clock } = world;
  const asked = await db
    .selectFrom('rule_change')
    .selectAll()
    .where('change_no', '=', decision.change)
    .executeTakeFirst();
  if (asked === undefined) {
    throw changeInvalid({ what: `没有第 ${decision.change} 号变更申请。` });
  }
  if (asked.asked_by === decision.by) {
    throw changeInvalid({ what: '申请人不能批自己的申请，请由另一人办理。' });
  }
  const rule = world.pack.rules.get(asked.rule_id);
  if (decision.agree && rule?.version !== asked.version) {
    const what = `规则 ${asked.rule_id} 已换版本，这项申请是对旧版本提的，请重新申请。`;
    throw changeInvalid({ what });
  }
  const state = decision.agree ? 'approved' : 'refused';
  return db.transaction().execute(async (transaction) => {
    const done = await transaction
      .updateTable('rule_change')
      .set({
        ...{ state, decided_by: decision.by, opinion: decision.opinion },
        decided_at: shanghaiTime(clock.now()),
      })
      .where('change_no', '=', decision.change)
      .where('state', '=', 'asked')
      .returningAll()
      .executeTakeFirst();
    if (done === undefined) {
      throw changeInvalid({ what: `第 ${decision.change} 号申请已经办过。` });
    }
    const action = decision.agree ? 'rules.approve' : 'rules.refuse';
    const act = actOf(decision, action, asked.rule_id, `办理规则变更：${decision.opinion}`);
    await auditAct(transaction, { ...act, changed: { before: asked, after: done } }, clock);
    return { rule: asked.rule_id, state };
  });
}

function actOf(
  { by, origin }: { by: string; origin: string },
  action: string,
  object: string,
  purpose: string,
) {
  return { actor: by, origin, action, object, purpose };
}
