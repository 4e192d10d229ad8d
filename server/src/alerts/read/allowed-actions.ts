import type { Principal } from '../../contract/index.ts';
import { isHuiliuError } from '../../kernel/index.ts';
import { refusalOf } from '../handle/act.ts';
import type { CaseRow } from '../handle/find-case.ts';
import { ACTIONS, type ActionName, actionOf } from '../model.ts';

/** What somebody may do with a case now, and why not the rest of what their rights would give. */
export interface AllowedActions {
  readonly allowed_actions: readonly ActionName[];
  readonly refused_actions: readonly {
    readonly action: ActionName;
    readonly title: string;
    readonly why: string;
  }[];
}

/** Facts besides the case row on which an action depends. */
export interface ActionFacts {
  /** Why the reader must stand back, or null. */
  readonly standBack: string | null;
  readonly hasProposedDisposals: boolean;
  readonly hasDocumentDisposals: boolean;
  readonly hasAgreedDisposals: boolean;
}

/** Judges every action by the very checks that guard it, so that page and server agree. */
export function allowedActions(
  found: CaseRow,
  principal: Principal,
  facts: ActionFacts,
): AllowedActions {
  const allowed: ActionName[] = [];
  const refused: AllowedActions['refused_actions'][number][] = [];
  for (const action of Object.keys(ACTIONS) as ActionName[]) {
    const { title, right, impartial, from } = actionOf(action);
    // Neither what nobody does by hand nor what is for another hour of the day.
    if (right === null || !from.includes(found.state)) continue;
    const problem = refusalOf(action, found, principal);
    const why =
      problem !== null
        ? problem.message
        : impartial === true && facts.standBack !== null
          ? `按回避规定不能由您办理：${facts.standBack}。请转办。`
          : missing(action, facts);
    if (why === null) allowed.push(action);
    else if (principal.permissions.has(right)) {
      refused.push({ action, title, why: isHuiliuError(problem) ? problem.message : why });
    }
  }
  return { allowed_actions: allowed, refused_actions: refused };
}

function missing(action: ActionName, facts: ActionFacts): string | null {
  if (action === 'decide_disposal' && !facts.hasProposedDisposals) return '没有待复核的处置。';
  if (action === 'prove' && !facts.hasDocumentDisposals) return '没有须凭文书证明的处置。';
  if (action === 'send_back' && facts.hasAgreedDisposals) return '已有同意的处置，不能退回核查。';
  return null;
}
