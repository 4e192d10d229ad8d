import type { Principal } from '../../../contract/index.ts';
import { digestOf, keyTag, recordAudit } from '../../../security/index.ts';
import type { DuckSession } from '../../../store/index.ts';
import type { LookWorld } from '../look/look-world.ts';
import { type Reach, reachOf } from '../look/reach.ts';
import { checkReason, type Reason } from '../look/reason.ts';
import { inSnapshot } from '../snapshot.ts';
import { type FoundPerson, readFoundPersons } from './found-person.ts';
import { comparableSearch, parseSearch, type SearchRequest } from './search-request.ts';
import { type SearchStep, searchSteps } from './search-steps.ts';

/** More than this is no search for a person: the question has to be narrowed. */
export const MOST_HITS = 200;

export interface PersonSearch {
  readonly search: SearchRequest;
  readonly reason: Reason;
  readonly origin: string;
  readonly page: number;
  readonly pageSize: number;
}

/** Persons found, masked; `near` says that nobody is exactly who was asked for. */
export interface SearchAnswer {
  readonly rows: readonly FoundPerson[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
  readonly near: boolean;
  /** More than {@link MOST_HITS} were found: none is shown, the question has to be narrowed. */
  readonly refine: boolean;
  /** What was compared, in order, with the number of persons in reach each way found. */
  readonly tried: readonly { readonly title: string; readonly hits: number }[];
}

/**
 * Searches persons (查人) within the caller's data scope, for a stated reason. Persons out of scope
 * are not found, not counted and not hinted at. The audit entry is on disk before the answer.
 * @throws MUNICIPAL_REASON_INVALID, MUNICIPAL_SEARCH_INVALID, MUNICIPAL_PERSON_KEY_INVALID
 */
export async function searchPersons(
  world: LookWorld,
  principal: Principal,
  input: PersonSearch,
): Promise<SearchAnswer> {
  const { purpose, matterNo } = checkReason(world.purposes, input.reason);
  const search = parseSearch(input.search);
  const reach = reachOf(principal.scope, world.clock.now());
  const answer = await world.duck.read((session) =>
    inSnapshot(session, () => findPersons(world, session, reach, searchSteps(search), input)),
  );
  await recordAudit(
    world.db,
    {
      actor: principal.actor,
      origin: input.origin,
      action: 'dossier.search',
      object: answer.total === 1 ? (answer.rows[0]?.person_id ?? null) : null,
      keyTag: keyTag(world.lookupKey, comparableSearch(search)),
      purpose,
      outcome: answer.total === 0 ? 'not_found' : answer.refine ? 'ambiguous' : 'ok',
      matterNo,
      resultDigest: digestOf(answer.rows.map((row) => row.person_id)),
    },
    world.clock,
  );
  return answer;
}

async function findPersons(
  world: LookWorld,
  session: DuckSession,
  reach: Reach,
  steps: readonly SearchStep[],
  { page, pageSize }: PersonSearch,
): Promise<SearchAnswer> {
  const tried: { title: string; hits: number }[] = [];
  for (const step of steps) {
    const found = await session.rows<{ person_id: string }>(
      `select distinct p.person_id from rows.person p
       where p.edition_to is null and p.person_id in (${step.sql}) and ${reach.where}
       order by p.person_id limit ${MOST_HITS + 1}`,
      { ...step.params, ...reach.params },
    );
    tried.push({ title: step.title, hits: found.length });
    if (found.length === 0) continue;
    const refine = found.length > MOST_HITS;
    const ids = refine
      ? []
      : found.slice((page - 1) * pageSize, page * pageSize).map((row) => row.person_id);
    return {
      rows: await readFoundPersons(session, world.content, ids),
      ...{ page, page_size: pageSize, total: found.length, near: !step.exact, refine, tried },
    };
  }
  return { rows: [], page, page_size: pageSize, total: 0, near: false, refine: false, tried };
}
