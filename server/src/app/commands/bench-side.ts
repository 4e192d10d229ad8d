/** The program that plays one side of a benchmark; `bench` commands start it. */
import { deathsSides } from '../../../../bench/deaths/index.ts';
import { dossierSides } from '../../../../bench/dossier/index.ts';
import { ingestSides } from '../../../../bench/ingest/index.ts';
import { loadSides } from '../../../../bench/load/index.ts';
import { processSides } from '../../../../bench/process/index.ts';
import { rulesSides } from '../../../../bench/rules/index.ts';
import { answerSide } from '../../../../bench/side/index.ts';
import { openWorkspace, protectionFrom, type WorkspaceOptions } from '../workspace.ts';

// Protected as the environment says; external PostgreSQL and anchor belong to no benchmark.
const open = (options: WorkspaceOptions) =>
  openWorkspace({ ...protectionFrom(process.env), ...options });

answerSide({
  ...ingestSides(open),
  ...dossierSides(open),
  ...rulesSides(open),
  ...processSides(open),
  ...deathsSides(open),
  ...loadSides(open),
});
