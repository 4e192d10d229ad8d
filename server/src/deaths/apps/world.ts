import type { Kysely } from 'kysely';
import type { MunicipalContent } from '../../contract/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { KeyProvider } from '../../security/index.ts';
import type { InterfaceTables } from '../inbound/tables.ts';

/** Source of randomness; tests pass a counted one. */
export interface Random {
  bytes(count: number): Buffer;
  /** Evenly in [0, 1). */
  fraction(): number;
}

/** What the department interfaces (部门接口) need from outside. */
export interface InterfacesWorld {
  readonly db: Kysely<InterfaceTables>;
  readonly content: MunicipalContent;
  readonly clock: Clock;
  readonly random: Random;
  /** Keys that close what must not lie readable in the database (字段加密). */
  readonly keys: KeyProvider;
}
