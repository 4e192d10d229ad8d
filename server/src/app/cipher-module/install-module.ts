import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { duckVersion, openDuck } from '../../store/index.ts';
import { fetchModule, type RunProgram } from './fetch-module.ts';
import { MODULE_NAME, unpackModule } from './unpack-module.ts';

/** Beside the program and not in a data folder: it belongs to the engine's version. */
const ENGINES = join(import.meta.dirname, '../../../..', '.huiliu/engine');

function moduleFile(engines: string): string {
  return join(engines, duckVersion(), MODULE_NAME);
}

/** The module installed for this version of the engine, or undefined: the built-in cipher serves. */
export function installedModule(engines: string = ENGINES): string | undefined {
  const file = moduleFile(engines);
  return existsSync(file) ? file : undefined;
}

/** The module to load: the one named, none where the name is empty, else the installed one. */
export function moduleToLoad(named: string | undefined): string | undefined {
  return (named ?? installedModule()) || undefined;
}

export interface InstallRequest {
  /** Wheel, .gz or extension file; absent = fetched from the Python registry unless it is there. */
  readonly source?: string | undefined;
  readonly engines?: string;
  readonly run?: RunProgram;
}

/**
 * Installs DuckDB's signed httpfs extension, whose AES (OpenSSL) is several times faster than the
 * built-in one. It is tried with an encrypted database of its own before it takes its place.
 * @returns where it lies
 * @throws APP_CIPHER_MODULE_MISSING, STORE_DUCK_CRYPTO_MODULE
 */
export async function installModule(request: InstallRequest = {}): Promise<string> {
  const target = moduleFile(request.engines ?? ENGINES);
  if (request.source === undefined && existsSync(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), 'huiliu-cipher-'));
  // On the disk of the target, so that taking its place is one step.
  const beside = await mkdtemp(`${dirname(target)}/new-`);
  try {
    const source = request.source ?? (await fetchModule(duckVersion(), scratch, request.run));
    const candidate = join(beside, MODULE_NAME);
    await unpackModule(source, candidate);
    await tryModule(candidate, scratch);
    await rename(candidate, target);
    return target;
  } finally {
    await rm(beside, { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

async function tryModule(module: string, scratch: string): Promise<void> {
  const duck = await openDuck({
    file: join(scratch, 'try.duckdb'),
    stagingDir: join(scratch, 'staging'),
    tempDir: join(scratch, 'tmp'),
    keys: [Buffer.alloc(32, 1)],
    cryptoModule: module,
  });
  try {
    await duck.write((session) => session.run('create table tried as select 1 as one'));
    await duck.checkpoint();
  } finally {
    await duck.close();
  }
}
