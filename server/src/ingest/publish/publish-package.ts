import type { DuckSession } from '../../store/index.ts';
import { dropOwnerAgencies, prepareOwnerAgencies } from '../ledger/owner-agencies.ts';
import { clearAccount, type JudgedDataset, writeAccount } from '../ledger/write-account.ts';
import { carryRepairs } from '../repair/carry-over.ts';
import { textLiteral } from '../stage/sql-text.ts';
import { adoptStaged } from './adopt-staged.ts';
import type { PublishContext } from './context.ts';
import { mergeDataset } from './merge-dataset.ts';
import { settlePersons } from './settle-persons.ts';
import { releaseKnownReferences, supersedeQuarantine } from './settle-quarantine.ts';
import { acceptedRows, namedKeys } from './staged-rows.ts';

/**
 * Makes a checked package visible, whole: its rows, the versions it closes and its edition are one
 * transaction, the caller's. Its account is written already. Returns the edition.
 */
export async function publishPackage(
  session: DuckSession,
  context: PublishContext,
  judged: readonly JudgedDataset[],
): Promise<number> {
  const edition = await nextEdition(session);
  const { batch } = context;
  await session.run(
    `insert into feed.batch values (${batch}, $package_id, $src, $mode, $as_of::DATE, ${context.seq}, ${edition})`,
    { package_id: context.packageId, src: context.src, mode: context.mode, as_of: context.asOf },
  );
  await session.run(`insert into feed.edition values (${edition}, 'package', ${batch}, null)`);
  for (const { staged, refusal } of judged) {
    if (staged === null || refusal !== null) continue;
    const { def, plan } = staged;
    context.onDataset(def.title);
    const count = staged.inPlace
      ? await adoptStaged(session, staged, edition)
      : await mergeDataset(session, {
          def,
          mode: plan.mode,
          src: context.src,
          batch,
          edition,
          rows: acceptedRows(staged),
          namedKeys: namedKeys(staged),
        });
    await session.run(
      `update feed.dataset set added = ${count.added}, changed = ${count.changed},
         unchanged = ${count.unchanged}, closed = ${count.closed}
       where batch = ${batch} and dataset = ${textLiteral(def.name)}`,
    );
    // Where a table is adopted no older record of it waits.
    if (!staged.inPlace) await supersedeQuarantine(session, staged, context, edition);
  }
  await carryRepairs(session, context, edition);
  await releaseKnownReferences(session, context, edition);
  await settlePersons(session);
  return edition;
}

/** Writes the account of a package, published or not. */
export async function writePackageAccount(
  session: DuckSession,
  batch: number,
  judged: readonly JudgedDataset[],
): Promise<void> {
  const staged = judged.flatMap((item) => (item.staged === null ? [] : [item.staged]));
  await clearAccount(session, batch);
  await prepareOwnerAgencies(session, staged);
  for (const item of judged) await writeAccount(session, batch, item);
  await dropOwnerAgencies(session);
}

/** The next number of the published order. */
export async function nextEdition(session: DuckSession): Promise<number> {
  const row = await session.first<{ edition: number }>(
    'select coalesce(max(edition), 0)::INTEGER + 1 as edition from feed.edition',
  );
  return row?.edition ?? 1;
}
