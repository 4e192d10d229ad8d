import { type AuditDatabase, recordAudit } from '../../security/index.ts';

/** Looks at people that nobody has heard of since: entries of the audit log old enough to leave. */
export async function recordOldLooks(
  db: AuditDatabase,
  at: string,
  personIds: readonly string[],
): Promise<void> {
  const clock = { now: () => new Date(at) };
  for (const object of personIds) {
    await recordAudit(
      db,
      {
        ...{ actor: 'user:wang', origin: 'cli', action: 'dossier.open', object, keyTag: null },
        ...{ purpose: '核实退休待遇资格', outcome: 'ok', matterNo: null },
      },
      clock,
    );
  }
}
