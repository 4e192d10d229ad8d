import { workbench } from '../../../alerts/index.ts';
import { defineRoute } from '../route.ts';
import { WorkbenchSchema } from './alerts-answers.ts';
import { callerOf } from './alerts-shapes.ts';

/** The start of the day (工作台). */
export const workbenchRoutes = [
  defineRoute({
    ...{ method: 'GET', url: '/api/workbench', title: '工作台待办' },
    ...{ permission: 'self', scope: 'county' },
    schema: { response: WorkbenchSchema },
    handler: ({ world, ...call }) => workbench(world.modules.alerts, callerOf(call).principal),
  }),
];
