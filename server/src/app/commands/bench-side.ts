/** The program that plays one side of a benchmark; `bench` commands start it. */
import { deathsSides } from '../../../../bench/deaths/index.ts';
import { dossierSides } from '../../../../bench/dossier/index.ts';
import { ingestSides } from '../../../../bench/ingest/index.ts';
import { loadSides } from '../../../../bench/load/index.ts';
import { processSides } from '../../../../bench/process/index.ts';
import { rulesSides } from '../../../../bench/rules/index.ts';
import { answerSide } from '../../../../bench/side/index.ts';
import { openWorkspace } from '../workspace.ts';

answerSide({
  ...ingestSides(openWorkspace),
  ...dossierSides(openWorkspace),
  ...rulesSides(openWorkspace),
  ...processSides(openWorkspace),
  ...deathsSides(openWorkspace),
  ...loadSides(openWorkspace),
});
