/** Who administers accounts, for the audit log and against acting on oneself. */
export interface Administrator {
  readonly actor: string;
  readonly accountId: string | null;
  readonly origin: string;
}
