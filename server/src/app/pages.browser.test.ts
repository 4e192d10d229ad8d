import { archiving } from './browser/suites/archiving.ts';
import { asking } from './browser/suites/asking.ts';
import { county } from './browser/suites/county.ts';
import { dialogs } from './browser/suites/dialogs.ts';
import { journeyDeath } from './browser/suites/journey-death.ts';
import { journeyLeader } from './browser/suites/journey-leader.ts';
import { loading } from './browser/suites/loading.ts';
import { manual } from './browser/suites/manual.ts';
import { processMap } from './browser/suites/process-map.ts';
import { securityKeys } from './browser/suites/security-keys.ts';
import { shell } from './browser/suites/shell.ts';
import { wall } from './browser/suites/wall.ts';
import { wallMemory } from './browser/suites/wall-memory.ts';
import { words } from './browser/suites/words.ts';
import { inOneCity } from './browser/testing/one-city.ts';

// The journeys first: the pictures and the audit log then show what they left behind.
inOneCity('the pages in Chromium', [
  ...[journeyLeader, journeyDeath, asking, archiving, shell, dialogs, county, wall],
  ...[securityKeys, wallMemory, processMap, loading, manual, words],
]);
