/** What a request costs (请求类别): reading a page, changing something, or a query over many rows. */
export type RouteClass = 'read' | 'write' | 'heavy';

/** What of a route tells its cost. */
export interface CostedRoute {
  readonly method: string;
  readonly url: string;
  readonly permission: string;
  readonly input?: string;
}

/** Routes whose answer scans the municipal database, an event log or the whole audit log. */
export const HEAVY_ROUTES: ReadonlySet<string> = new Set([
  'POST /api/dossier/search',
  'POST /api/dossier/open',
  'POST /api/dossier/section',
  'POST /api/dossier/summary',
  'GET /api/screen/panorama',
  'GET /api/quality/scores',
  'POST /api/alerts/effect',
  'POST /api/deaths/search',
  'POST /api/exports/preview',
  'GET /api/audit/archives/preview',
  'POST /api/audit/archives/:request_id/confirm',
  'POST /api/audit/search',
  'POST /api/audit/person',
  'POST /api/audit/verify',
  'POST /api/rules/:rule_id/try',
  'POST /api/process/map',
  'POST /api/process/variants',
  'POST /api/process/cases',
  'POST /api/process/case',
  'POST /api/process/rework',
  'POST /api/process/waiting',
  'POST /api/process/handover',
  'POST /api/process/late',
  'GET /api/process/reminders',
  'POST /api/process/conformance',
  'POST /api/process/compare',
  'POST /api/process/channels',
  'POST /api/process/model',
  'POST /api/process/bpmn',
]);

/** A search is a POST because of what stands in its body; its right says that it only reads. */
export function classOf({ method, url, permission }: CostedRoute): RouteClass {
  if (HEAVY_ROUTES.has(`${method} ${url}`)) return 'heavy';
  return method === 'GET' || permission.endsWith('.read') ? 'read' : 'write';
}
