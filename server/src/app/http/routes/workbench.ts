import { panorama, workbench } from '../../../alerts/index.ts';
import { defineRoute } from '../route.ts';
import { Answer, callerOf } from './alerts-shapes.ts';

/** The start of the day (工作台) and the numbers of the wall screen. */
export const workbenchRoutes = [
  defineRoute({
    ...{ method: 'GET', url: '/api/workbench', title: '工作台待办' },
    ...{ permission: 'self', scope: 'county' },
    schema: { response: Answer('待办') },
    handler: ({ world, ...call }) => workbench(world.modules.alerts, callerOf(call).principal),
  }),
  defineRoute({
    ...{ method: 'GET', url: '/api/panorama/alerts', title: '全景：疑点（无个人信息）' },
    ...{ permission: 'screen.read', scope: 'county' },
    schema: { response: Answer('全景数字') },
    handler: ({ world, ...call }) => panorama(world.modules.alerts, callerOf(call).principal),
  }),
];
