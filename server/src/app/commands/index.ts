import type { Command } from '../command-line/index.ts';
import { accountsCommands } from './accounts.ts';
import { alertsCommands } from './alerts.ts';
import { appsCommands } from './apps.ts';
import { auditCommands } from './audit.ts';
import { benchCommands } from './bench.ts';
import { cipherCommands } from './cipher.ts';
import { cityCommand } from './city.ts';
import { deathsCommands } from './deaths.ts';
import { demoCommand } from './demo.ts';
import { dossierCommand } from './dossier.ts';
import { feedCommands } from './feed.ts';
import { interfacesCommands } from './interfaces.ts';
import { keysCommands } from './keys.ts';
import { pipelineCommands } from './pipeline.ts';
import { processCommands } from './process.ts';
import { repairCommands } from './repair.ts';
import { rulesCommands } from './rules.ts';
import { serveCommand } from './serve.ts';
import { versionCommand } from './version.ts';

/** Every command of `./huiliu`, in the order of the help page. */
export const COMMANDS: readonly Command[] = [
  demoCommand,
  serveCommand,
  ...feedCommands,
  ...repairCommands,
  ...pipelineCommands,
  dossierCommand,
  ...rulesCommands,
  ...alertsCommands,
  ...deathsCommands,
  ...processCommands,
  ...appsCommands,
  ...interfacesCommands,
  ...accountsCommands,
  ...auditCommands,
  ...keysCommands,
  ...cipherCommands,
  cityCommand,
  ...benchCommands,
  versionCommand,
];
