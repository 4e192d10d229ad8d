import type { Principal } from '../../../contract/index.ts';
import { shanghaiTime } from '../../../kernel/index.ts';
import { digestOf, recordAudit } from '../../../security/index.ts';
import { findDossier } from '../find-dossier.ts';
import { maskDossier } from '../mask-dossier.ts';
import type { Cell, Dossier } from '../model.ts';
import type { LookWorld } from './look-world.ts';
import { withinInsurances } from './open-look.ts';
import { requireReach } from './page-section.ts';
import { requireLook } from './require-look.ts';

/** One page about a person, masked, for printing (档案摘要). */
export interface DossierSummary {
  readonly person: Readonly<Record<string, Cell>>;
  readonly insurances: readonly {
    readonly insurance: string;
    readonly from: string | null;
    readonly paid_months: number;
    readonly last_paid: string | null;
    readonly gap_months: number;
    readonly benefits: readonly { item: string; from: string | null; to: string | null }[];
    /** False when there are more rows than were counted. */
    readonly complete: boolean;
  }[];
  readonly sections: readonly { readonly title: string; readonly rows: number }[];
  readonly printed_at: string;
  /** To be printed across the page: who, of which department, when, from where. */
  readonly watermark: string;
}

/**
 * Gives the summary of an opened record for printing; printing is an act of its own in the log.
 * @throws MUNICIPAL_LOOK_UNKNOWN, MUNICIPAL_PERSON_UNKNOWN
 */
export async function summarise(
  world: LookWorld,
  principal: Principal,
  input: { readonly personId: string; readonly lookId: number; readonly origin: string },
): Promise<DossierSummary> {
  const { personId, origin } = input;
  const { purpose, matterNo } = await requireLook(world, principal, input);
  await requireReach(world, principal, personId);
  const { content, duck } = world;
  const whole = await findDossier({ key: personId, content, duck });
  const dossier = maskDossier(withinInsurances(whole, principal, content), content);
  const now = shanghaiTime(world.clock.now());
  const summary: DossierSummary = {
    person: plainCells(dossier),
    insurances: Object.values(dossier.timelines).map(shapeInsurance),
    sections: Object.values(dossier.sections)
      .filter(({ total }) => total > 0)
      .map(({ title, total }) => ({ title, rows: total })),
    printed_at: now,
    watermark: watermarkOf(principal, now, origin),
  };
  await recordAudit(
    world.db,
    {
      ...{ actor: principal.actor, origin, object: personId, keyTag: null, purpose, matterNo },
      ...{ action: 'dossier.print', outcome: 'ok', resultDigest: digestOf(summary) },
    },
    world.clock,
  );
  return summary;
}

function plainCells({ person }: Dossier): Record<string, Cell> {
  const cells: Record<string, Cell> = {};
  for (const [name, value] of Object.entries(person)) {
    if (value === null || typeof value !== 'object') cells[name] = value;
  }
  return cells;
}

function shapeInsurance(line: Dossier['timelines'][string]): DossierSummary['insurances'][number] {
  const { insurance, enrolments, contributions, benefits, complete } = line;
  const starts = enrolments.flatMap(({ from }) => (from === null ? [] : [from])).sort();
  return {
    insurance,
    from: starts[0] ?? null,
    paid_months: contributions.paid_months,
    last_paid: contributions.runs.at(-1)?.to ?? null,
    gap_months: contributions.gaps.reduce((sum, gap) => sum + gap.months, 0),
    benefits: benefits.map(({ item, runs }) => ({
      item,
      from: runs[0]?.from ?? null,
      to: runs.at(-1)?.to ?? null,
    })),
    complete,
  };
}

/** Name, department, time and tail of the address: traceable, and no map of the network. */
function watermarkOf({ name, department }: Principal, now: string, origin: string): string {
  const tail = origin.split(' ')[0]?.split(/[.:]/).at(-1) ?? '';
  return [name, department, now.slice(0, 16).replace('T', ' '), tail].filter(Boolean).join(' ');
}
