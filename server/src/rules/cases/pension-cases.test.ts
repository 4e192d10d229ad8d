import { testRulesOf } from '../testing/case-tests.ts';

await testRulesOf(['DTH', 'DUP', 'PEN', 'GOV', 'RES', 'SUR', 'JUS', 'ACC', 'HEA']);
