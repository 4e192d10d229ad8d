import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router';
import { may } from '../composables/session.ts';
import { SCREENS, type Screen } from './screens.ts';

declare module 'vue-router' {
  interface RouteMeta {
    screen?: Screen;
    /** Shown without the shell. */
    bare?: boolean;
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...SCREENS.map((screen) => ({
      name: screen.name,
      path: screen.path,
      component: screen.view,
      meta: { screen },
    })),
    {
      path: '/screen',
      name: 'screen',
      component: () => import('../views/screen/index.vue'),
      meta: { bare: true },
    },
    {
      path: '/:rest(.*)*',
      name: 'unknown',
      component: () => import('../views/unknown.vue'),
      meta: {
        screen: {
          name: 'unknown',
          path: '',
          title: '没有这个页面',
          view: () => import('../views/unknown.vue'),
        },
      },
    },
  ],
});

/** Whether the signed-in person may open a screen. */
export function mayOpen(screen: Screen | undefined): boolean {
  if (screen?.permission === undefined) return true;
  const wanted = typeof screen.permission === 'string' ? [screen.permission] : screen.permission;
  return wanted.some((one) => may(one));
}

/** Finds a screen by its name. */
export function screenNamed(name: string | undefined): Screen | undefined {
  return SCREENS.find((screen) => screen.name === name);
}

/** The screens of the menu the signed-in person may open. */
export function menuScreens(): Screen[] {
  return SCREENS.filter((screen) => screen.group !== undefined && mayOpen(screen));
}

/** The entry of the menu a route belongs to. */
export function menuScreenOf(route: RouteLocationNormalized): Screen | undefined {
  let screen = route.meta.screen;
  while (screen !== undefined && screen.group === undefined) screen = screenNamed(screen.parent);
  return screen;
}
