export { type DeliveryResult, deliverFindings } from './deliver/deliver-findings.ts';
export { type Handling, loadHandling } from './handling/handling.ts';
export { alertsMigrations } from './migrations.ts';
export type { AlertsWorld } from './world.ts';
