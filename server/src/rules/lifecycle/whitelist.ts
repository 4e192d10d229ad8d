import { shanghaiTime } from '../../kernel/index.ts';
import { changeInvalid, personUnknown, ruleUnknown } from '../errors.ts';
import { auditAct } from '../register/audit.ts';
import type { RulesWorld } from '../world.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface WhitelistEntry {
  readonly person: string;
  /** Rule id, or `*` for all rules. */
  readonly rule: string;
  /** Document that approves it (批准文号). */
  readonly docNo: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly origin: string;
}

/**
 * Adds a person to the whitelist (政策性人群白名单) for a rule and a time, with its document.
 * @throws RULES_CHANGE_INVALID, RULES_PERSON_UNKNOWN, RULES_RULE_UNKNOWN
 */
export async function addToWhitelist(world: RulesWorld, entry: WhitelistEntry): Promise<number> {
  if (!DAY.test(entry.from) || !DAY.test(entry.to) || entry.to < entry.from) {
    throw changeInvalid({ what: '白名单须有起止日期（YYYY-MM-DD），且止期不早于起期。' });
  }
  if (entry.docNo.trim() === '') throw changeInvalid({ what: '白名单须写明批准文号。' });
  if (entry.rule !== '*' && !world.pack.rules.has(entry.rule))
    throw ruleUnknown({ id: entry.rule });
  const known = await world.duck.read((session) =>
    session.first('select 1 from main.person where person_id = $person', { person: entry.person }),
  );
  if (known === undefined) throw personUnknown({});
  return world.db.transaction().execute(async (db) => {
    const row = await db
      .insertInto('rule_whitelist')
      .values({
        ...{ person_id: entry.person, rule_id: entry.rule, doc_no: entry.docNo },
        ...{ reason: entry.reason, valid_from: entry.from, valid_to: entry.to },
        ...{ added_by: entry.by, added_at: shanghaiTime(world.clock.now()) },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const { by, origin, person, reason } = entry;
    const act = {
      actor: by,
      origin,
      action: 'rules.whitelist',
      object: person,
      purpose: `登记白名单：${reason}`,
      changed: { before: null, after: row },
    };
    await auditAct(db, act, world.clock);
    return row.whitelist_no;
  });
}
