import type { Planter } from './planter.ts';

export const caseKey = (no: number) => `B${String(no).padStart(9, '0')}`;
export const staffKey = (oid: number) => `OP${String(oid).padStart(4, '0')}`;

/** The first account somebody is paid into. */
export async function accountOf(p: Planter, pid: number): Promise<string> {
  const [row] = await p.city.rows(`select account_no from payee where pid = ${pid} and gen = 1`);
  return String(row?.account_no);
}
