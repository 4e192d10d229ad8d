import type { MunicipalContent, Principal } from '../../../contract/index.ts';
import { digestOf, keyTag, recordAudit, recordChained } from '../../../security/index.ts';
import type { DuckSession } from '../../../store/index.ts';
import { personAmbiguous, personUnknown } from '../errors.ts';
import { findDossier } from '../find-dossier.ts';
import { maskDossier } from '../mask-dossier.ts';
import { type Dossier, rowsOf } from '../model.ts';
import { comparableKey, parsePersonKey } from '../person-key.ts';
import { planSections } from '../sections.ts';
import { type LookWorld, ROWS_AT_FIRST } from './look-world.ts';
import { findReachable } from './reach.ts';
import { checkReason, type Reason } from './reason.ts';

export interface OpenLook {
  /** Person id, or id number of 18 or 15 characters. */
  readonly key: string;
  readonly reason: Reason;
  readonly origin: string;
  /** Package as of whose publication the record is wanted; null = current. */
  readonly asOf: string | null;
}

/** An opened record (打开的档案), masked, with what may be done with it. */
export type Look = Dossier & {
  /** Names this opening; pages, prints and the list of accesses refer to it. */
  readonly look_id: number;
  /** Sections whose table the province has never returned (省级未回流此表). */
  readonly not_returned: readonly string[];
  readonly allowed_actions: readonly string[];
};

/**
 * Opens a person's record for a stated reason within the caller's data scope. Somebody out of scope
 * answers exactly like somebody who does not exist; both leave an entry in the audit log.
 * @throws MUNICIPAL_REASON_INVALID, MUNICIPAL_PERSON_KEY_INVALID, MUNICIPAL_PERSON_UNKNOWN,
 *   MUNICIPAL_PERSON_AMBIGUOUS, MUNICIPAL_PACKAGE_UNKNOWN
 */
export async function openLook(
  world: LookWorld,
  principal: Principal,
  input: OpenLook,
): Promise<Look> {
  const { asOf, origin } = input;
  const { purpose, matterNo } = checkReason(world.purposes, input.reason);
  const key = parsePersonKey(input.key);
  const found = await world.duck.read((session) =>
    findReachable(session, principal.scope, key, world.clock.now()),
  );
  const entry = {
    ...{ actor: principal.actor, origin, purpose, matterNo },
    action: asOf === null ? 'dossier.open' : 'dossier.open_as_of',
  };
  const [personId, ...others] = found.reached;
  if (personId === undefined || others.length > 0) {
    const outcome =
      others.length > 0 ? 'ambiguous' : found.hidden === null ? 'not_found' : 'refused';
    const tag = keyTag(world.lookupKey, comparableKey(input.key));
    const failed = { ...entry, object: found.hidden, keyTag: tag, outcome } as const;
    await recordAudit(world.db, failed, world.clock);
    if (others.length > 0) throw personAmbiguous({ person_ids: found.reached });
    // The check digit of what was typed, so nothing of the database: it may be told.
    throw personUnknown({ check_digit_wrong: key.checkDigitWrong });
  }
  await world.countPerson?.(principal, personId);
  const { content, duck } = world;
  const query = { key: personId, content, duck, limit: ROWS_AT_FIRST };
  const dossier = await findDossier(asOf === null ? query : { ...query, asOf });
  const shown = maskDossier(withinInsurances(dossier, principal, content), content);
  const notReturned = await duck.read((session) => listNotReturned(session, content));
  const { seq } = await recordChained(
    world.db,
    { ...entry, object: personId, keyTag: null, outcome: 'ok', resultDigest: digestOf(shown) },
    world.clock,
  );
  const opening = {
    look_id: seq,
    not_returned: notReturned,
    allowed_actions: actionsOf(principal),
  };
  return Object.assign(shown, opening);
}

/** What somebody may do with a record that is open. */
export function actionsOf({ permissions, scope }: Principal): string[] {
  return [
    ...['section', 'summary', 'access'],
    ...(permissions.has('dossier.unmask') && scope.unmask ? ['unmask'] : []),
  ];
}

/** Rows of insurances out of scope are left out; a section says how many rows remain. */
export function withinInsurances(
  dossier: Dossier,
  { scope }: Principal,
  content: MunicipalContent,
): Dossier {
  const { insurances } = scope;
  if (insurances === 'all') return dossier;
  const lists: Record<string, Dossier[string]> = {};
  const sections = { ...dossier.sections };
  for (const [name, section] of Object.entries(dossier.sections)) {
    const def = content.tables.get(section.table);
    if (!def?.columns.some((column) => column.name === 'insurance')) continue;
    const rows = rowsOf(dossier, name).filter((row) => insurances.includes(String(row.insurance)));
    lists[name] = rows;
    sections[name] = { ...section, total: rows.length, truncated: section.truncated };
  }
  return { ...dossier, ...lists, sections };
}

/** Tables without a single row were never returned: the page says so instead of showing nothing. */
async function listNotReturned(session: DuckSession, content: MunicipalContent): Promise<string[]> {
  const plans = planSections(content);
  const row = await session.first<Record<string, boolean>>(
    `select ${plans
      .map(({ def }) => `exists (select 1 from rows.${def.name}) as ${def.name}`)
      .join(', ')}`,
  );
  return plans.filter(({ def }) => row?.[def.name] === false).map(({ section }) => section);
}
