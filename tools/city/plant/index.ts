import type { City } from '../engine.ts';
import { plantAccounts } from './accounts.ts';
import * as benefits from './benefits.ts';
import { plantApprovals, plantCareers } from './careers.ts';
import { plantContributions, plantSubsidies } from './contributions.ts';
import { plantControl, plantFunds } from './control.ts';
import * as injuries from './injuries.ts';
import { openPlanter, type Planter } from './planter.ts';
import { POOLS } from './pools.ts';

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
        await benefits.plantDeaths(p);
        await benefits.plantDuplicates(p);
        await benefits.plantPensions(p);
        await benefits.plantResidentPensions(p);
        await benefits.plantUnemployment(p);
        await benefits.plantCustody(p);
        await benefits.plantSurvivors(p);
        await benefits.plantQuality(p);
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
