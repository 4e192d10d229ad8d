import { Type } from '@fastify/type-provider-typebox';
import { deliverFindings } from '../../../alerts/index.ts';
import type { FindingDelivery } from '../../../contract/index.ts';
import type { Asker } from '../../../deaths/index.ts';
import type { Call } from '../route.ts';

/** Who calls, as the registry's use cases want it; routes with a permission have a caller. */
export function askerOf({ principal, origin }: Pick<Call, 'principal' | 'origin'>): Asker {
  if (principal === null) throw new Error('a route with a permission has no caller');
  return { principal, origin };
}

/** Opens what a comparison found for handling; how many alerts that touched. */
export async function deliver(
  world: Call['world'],
  delivery: FindingDelivery | null,
): Promise<{ findings: number }> {
  if (delivery === null) return { findings: 0 };
  await deliverFindings(world.modules.alerts, delivery);
  return { findings: delivery.findings.length };
}

export const FindingsSchema = Type.Object({ findings: Type.Integer({ title: '由此得出的疑点' }) });
