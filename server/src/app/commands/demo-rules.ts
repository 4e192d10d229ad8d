import { askChange, decideChange, type RulesWorld } from '../../rules/index.ts';

/**
 * Rules a centre would switch on first, in the catalogue's suggested order of launch; the others stay
 * in the shadow, where only the department that owns a rule sees what it finds.
 */
const FIRST_RULES = [
  ...['DTH-001', 'DTH-002', 'DTH-004', 'DTH-006', 'DTH-008', 'DTH-012', 'JUS-001', 'DUP-001'],
  ...['DUP-003', 'DUP-007', 'DUP-013', 'PEN-001', 'PEN-005', 'PEN-012', 'PEN-017', 'PEN-020'],
  ...['PEN-021', 'RES-014', 'UNE-001', 'UNE-009', 'INJ-001', 'INJ-018', 'INJ-026', 'CRD-001'],
  ...['CRD-003', 'CTL-001', 'CTL-016', 'CTL-021', 'GOV-003', 'HEA-001', 'TAX-001', 'TAX-012'],
  ...['FIN-001', 'FIN-005', 'FIN-008'],
] as const;

/** Switches the first rules on in a demonstration, asked and agreed by two invented people. */
export async function switchOnFirstRules(rules: RulesWorld): Promise<number> {
  const origin = 'cli';
  let switched = 0;
  for (const rule of FIRST_RULES) {
    if (rules.pack.rules.get(rule)?.status !== 'trial') continue;
    const reason = '演示：按目录建议的上线顺序启用';
    const asked = { rule, to: 'active', reason, by: 'demo:经办人', origin } as const;
    const change = await askChange(rules, asked);
    const agreed = { change, agree: true, opinion: '演示：同意启用', by: 'demo:负责人', origin };
    await decideChange(rules, agreed);
    switched += 1;
  }
  return switched;
}
