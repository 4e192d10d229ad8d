import { testRulesOf } from '../testing/case-tests.ts';

await testRulesOf(['UNE', 'INJ', 'SUB', 'ENR', 'CRD', 'CTL', 'FIN', 'TAX', 'DAT']);
