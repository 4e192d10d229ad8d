import type { City } from '../engine.ts';
import { plantAccounts } from './accounts.ts';
import { plantApprovals, plantCareers } from './careers.ts';
import { plantContributions, plantSubsidies } from './contributions.ts';
import { plantControl, plantFunds } from './control.ts';
import { plantDeaths } from './deaths.ts';
import { plantDuplicates } from './duplicates.ts';
import * as injuries from './injuries.ts';
import * as others from './other-benefits.ts';
import { plantPensions } from './pensions.ts';
import { openPlanter, type Planter } from './planter.ts';
import { POOLS } from './pools.ts';
import { plantQuality } from './quality.ts';

export type { Truth } from './planter.ts';
export { makePlantTables } from './tables.ts';

/** Plants at the points of the build where each kind of fact must be in place. */
export interface Plants {
  readonly planter: Planter;
  readonly after: Readonly<Record<string, (planter: Planter) => Promise<void>>>;
}

export function openPlants(city: City): Plants {
  return {
    planter: openPlanter(city, POOLS),
    after: {
      careers: plantCareers,
      accounts: plantApprovals,
      injuries: injuries.plantInjuries,
      benefits: async (p) => {
        await injuries.plantInjuryBenefits(p);
        await plantDeaths(p);
        await plantDuplicates(p);
        await plantPensions(p);
        await others.plantResidentPensions(p);
        await others.plantUnemployment(p);
        await others.plantCustody(p);
        await others.plantSurvivors(p);
        await plantQuality(p);
      },
      claims: injuries.plantClaims,
      lines: injuries.plantClaimLines,
      subsidies: plantSubsidies,
      payees: plantAccounts,
      cases: plantControl,
      flows: async (p) => {
        await plantContributions(p);
        await plantFunds(p);
      },
    },
  };
}
