/** The program that plays one side of a benchmark; `bench ingest` and `bench dossier` start it. */
import { dossierSides } from '../../../../bench/dossier/index.ts';
import { ingestSides } from '../../../../bench/ingest/index.ts';
import { answerSide } from '../../../../bench/side/index.ts';
import { openWorkspace } from '../workspace.ts';

answerSide({ ...ingestSides(openWorkspace), ...dossierSides(openWorkspace) });
