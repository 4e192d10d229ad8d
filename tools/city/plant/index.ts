import type { City } from '../engine.ts';
import { plantAccounts } from './accounts.ts';
import { plantApprovals, plantCareers } from './careers.ts';
import * as claims from './claims.ts';
import { plantConduct, plantResumption } from './conduct.ts';
import { plantContributions, plantSubsidies } from './contributions.ts';
import { plantControl, plantFunds } from './control.ts';
import { plantDeaths } from './deaths.ts';
import { plantDuplicates } from './duplicates.ts';
import { plantEmployers, plantLayoffs, plantOwners } from './employers.ts';
import * as injuries from './injuries.ts';
import * as others from './other-benefits.ts';
import { plantPensions } from './pensions.ts';
import { openPlanter, type Planter } from './planter.ts';
import { POOLS } from './pools.ts';
import { plantQuality } from './quality.ts';
import { plantRetirements, plantYears } from './retirements.ts';
import { plantSurvivorClaims } from './survivors.ts';

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
      accounts: async (p) => {
        await plantApprovals(p);
        await plantYears(p);
      },
      injuries: async (p) => {
        await injuries.plantInjuries(p);
        await claims.plantEarlyAccidents(p);
      },
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
        await plantRetirements(p);
        await plantSurvivorClaims(p);
        await plantOwners(p);
        await claims.plantInjuryPayments(p);
        await plantResumption(p);
      },
      claims: async (p) => {
        await injuries.plantClaims(p);
        await claims.plantLateStays(p);
      },
      lines: async (p) => {
        await injuries.plantClaimLines(p);
        await claims.plantCosts(p);
      },
      subsidies: async (p) => {
        await plantSubsidies(p);
        await plantLayoffs(p);
      },
      payees: plantAccounts,
      cases: async (p) => {
        await plantControl(p);
        await plantConduct(p);
      },
      flows: async (p) => {
        await plantContributions(p);
        await claims.plantRaisedWages(p);
        await plantEmployers(p);
        await plantFunds(p);
      },
    },
  };
}
