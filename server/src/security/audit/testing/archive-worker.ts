import { Kysely, PostgresDialect } from 'kysely';
import { openPostgres } from '../../../store/index.ts';
import { type AuditTables, confirmArchive } from '../index.ts';
import { CONFIRMER } from './old-log.ts';
import { worldOf } from './world-of.ts';

/** Confirms request 1 of a folder and dies, as by a power failure, after a given statement. */
const [, , dataDir = '', statement = ''] = process.argv;
const engine = await openPostgres({ dataDir });
let done = 0;
const db = new Kysely<AuditTables>({
  dialect: new PostgresDialect({ pool: engine.pool }),
  log: () => {
    done += 1;
    if (done === Number(statement)) process.kill(process.pid, 'SIGKILL');
  },
});
await confirmArchive(await worldOf(db, dataDir), { by: CONFIRMER, requestId: '1', opinion: null });
await engine.close();
