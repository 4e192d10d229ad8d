import { reactive } from 'vue';
import type { RouteLocationNormalized, Router } from 'vue-router';
import { notify } from './toasts.ts';

/** An open page tab (多页签). Its key is the path; its address also holds filters and page. */
export interface Tab {
  readonly key: string;
  address: string;
  title: string;
  /** When it was last looked at; the one longest unseen makes room. */
  seen: number;
  /** Raised to show the screen afresh. */
  version: number;
}

const MOST = 12;
export const HOME = '/';
export const tabs = reactive<Tab[]>([]);
let owner: string | null = null;
let clock = 0;

const store = (account: string) => `huiliu.tabs.${account}`;

/** Opens the tab of a route, or brings it up. */
export function showTab(route: RouteLocationNormalized): void {
  clock += 1;
  const open = tabs.find((tab) => tab.key === route.path);
  if (open !== undefined) {
    open.address = route.fullPath;
    open.seen = clock;
  } else {
    if (tabs.length >= MOST) makeRoom();
    const title = titleOf(route);
    tabs.push({ key: route.path, address: route.fullPath, title, seen: clock, version: 0 });
  }
  keep();
}

function titleOf({ meta: { screen }, params, path }: RouteLocationNormalized): string {
  const [named] = Object.values(params).flat();
  return named === undefined
    ? (screen?.title ?? path)
    : (screen?.tab?.(named) ?? screen?.title ?? path);
}

function makeRoom(): void {
  const oldest = tabs.filter((tab) => tab.key !== HOME).reduce((a, b) => (a.seen < b.seen ? a : b));
  tabs.splice(tabs.indexOf(oldest), 1);
  notify(`页签最多 ${MOST} 个，最久未看的“${oldest.title}”已关闭。`, 'info');
}

/** Names a tab after what it shows, e.g. an alert's number. */
export function nameTab(key: string, title: string): void {
  const tab = tabs.find((one) => one.key === key);
  if (tab !== undefined) tab.title = title;
  keep();
}

/** Closes tabs; the screen and what was typed into it are gone. */
export async function closeTabs(router: Router, keys: readonly string[]): Promise<void> {
  const current = router.currentRoute.value.path;
  const at = tabs.findIndex((tab) => tab.key === current);
  const closing = keys.filter((key) => key !== HOME);
  const left = tabs.filter((tab) => !closing.includes(tab.key));
  if (closing.includes(current)) {
    const next = left[Math.min(at, left.length - 1)] ?? left[0];
    await router.push(next?.address ?? HOME);
  }
  for (const key of closing) {
    const index = tabs.findIndex((tab) => tab.key === key);
    if (index >= 0) tabs.splice(index, 1);
  }
  keep();
}

/** Opens the tabs this person had open when the session ended. */
export function restoreTabs(account: string): void {
  if (owner === account) return;
  owner = account;
  const present = new Set(tabs.map((tab) => tab.key));
  try {
    const kept = JSON.parse(localStorage.getItem(store(account)) ?? '[]') as Partial<Tab>[];
    const usable = kept.flatMap(({ key, address, title }) =>
      typeof key === 'string' && typeof address === 'string' && !present.has(key)
        ? [{ key, address, title: title ?? key, seen: 0, version: 0 }]
        : [],
    );
    tabs.unshift(...usable.slice(0, MOST - tabs.length));
  } catch {
    // Unreadable: begin with none.
  }
  if (!tabs.some((tab) => tab.key === HOME)) {
    tabs.unshift({ key: HOME, address: HOME, title: '工作台', seen: 0, version: 0 });
  }
  tabs.sort((a, b) => Number(b.key === HOME) - Number(a.key === HOME));
}

function keep(): void {
  if (owner === null) return;
  const kept = tabs.map(({ key, address, title }) => ({ key, address, title }));
  localStorage.setItem(store(owner), JSON.stringify(kept));
}
