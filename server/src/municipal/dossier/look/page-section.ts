import type { Principal } from '../../../contract/index.ts';
import { recordAudit } from '../../../security/index.ts';
import { personUnknown, sectionUnknown } from '../errors.ts';
import { listDossierRows } from '../find-dossier.ts';
import { maskDossierRow } from '../mask-dossier.ts';
import type { DossierRow } from '../model.ts';
import { planSections } from '../sections.ts';
import type { LookWorld } from './look-world.ts';
import { isInReach } from './reach.ts';
import { requireLook } from './require-look.ts';

export interface SectionPage {
  readonly personId: string;
  readonly lookId: number;
  readonly section: string;
  readonly asOf: string | null;
  readonly page: number;
  readonly pageSize: number;
  readonly origin: string;
}

/**
 * Gives one page of one table of an opened record, masked.
 * @throws MUNICIPAL_LOOK_UNKNOWN, MUNICIPAL_DOSSIER_SECTION_UNKNOWN, MUNICIPAL_PERSON_UNKNOWN
 */
export async function pageSection(
  world: LookWorld,
  principal: Principal,
  input: SectionPage,
): Promise<{ rows: DossierRow[]; page: number; page_size: number; total: number }> {
  const { personId, section, asOf, page, pageSize } = input;
  const plan = planSections(world.content).find((one) => one.section === section);
  if (plan === undefined) throw sectionUnknown({ section });
  const { purpose, matterNo } = await requireLook(world, principal, input);
  await requireReach(world, principal, personId);
  const { insurances } = principal.scope;
  const limited =
    insurances !== 'all' && plan.def.columns.some((column) => column.name === 'insurance');
  const { rows, total } = await listDossierRows({
    ...{ key: personId, content: world.content, duck: world.duck, section },
    ...(asOf === null ? {} : { asOf }),
    ...(limited ? { insurances } : {}),
    limit: pageSize,
    offset: (page - 1) * pageSize,
  });
  await recordAudit(
    world.db,
    {
      ...{ actor: principal.actor, origin: input.origin, object: personId, keyTag: null },
      ...{ action: 'dossier.section', purpose, matterNo, outcome: 'ok' },
    },
    world.clock,
  );
  const masked = rows.map((row) => maskDossierRow(plan.def, row));
  return { rows: masked, page, page_size: pageSize, total };
}

/** The scope may have been narrowed, or the person moved, since the record was opened. */
export async function requireReach(
  world: LookWorld,
  principal: Principal,
  personId: string,
): Promise<void> {
  const reached = await world.duck.read((session) =>
    isInReach(session, principal.scope, personId, world.clock.now()),
  );
  if (!reached) throw personUnknown({ check_digit_wrong: false });
}
