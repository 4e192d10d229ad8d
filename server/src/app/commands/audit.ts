import { verifyAudit } from '../../security/index.ts';
import type { Command } from '../command-line/index.ts';
import { inWorkspace } from './in-workspace.ts';

/** Checks the chain of the audit log from its first entry. */
export const auditCommand: Command = {
  name: 'audit verify',
  usage: '',
  summary: '核验审计日志有没有被改动、删除或调换',
  options: {},
  run: (context) =>
    inWorkspace(context, '核验审计日志', async (workspace, { terminal, json }) => {
      const verdict = await verifyAudit(workspace.postgres.kysely());
      terminal.out(json ? JSON.stringify(verdict, bigintText) : auditText(verdict));
      return verdict.sound ? 0 : 1;
    }),
};

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

const FAULTS = {
  missing: '该条缺失',
  altered: '该条内容被改动',
  unlinked: '该条与前一条不衔接，有条目被删除或调换',
  cut: '末尾被截断',
} as const;

function auditText(verdict: Awaited<ReturnType<typeof verifyAudit>>): string {
  if (verdict.sound) return `审计日志完整，共 ${verdict.entries} 条。`;
  return `审计日志从第 ${verdict.firstBad} 条起不可信：${FAULTS[verdict.fault]}`;
}
