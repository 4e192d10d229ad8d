import {
  type Component,
  computed,
  defineComponent,
  h,
  KeepAlive,
  onActivated,
  onDeactivated,
  provide,
  ref,
} from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useKeptScroll } from '../composables/kept-scroll.ts';
import { TAB } from '../composables/list-state.ts';
import { tabs } from '../composables/tabs.ts';

/**
 * Shows the screen of the current tab and keeps those of the other tabs as they are: what was
 * typed, filtered and scrolled. `KeepAlive` knows components by name, so each tab gets a component
 * of its own, named by its key; closing the tab takes the name off the list and ends the screen.
 */
const TabHost = defineComponent({
  name: 'TabHost',
  setup() {
    const route = useRoute();
    const router = useRouter();
    const frames = new Map<string, Component>();
    const names = computed(() => tabs.map(frameName));
    const frameOf = (key: string, name: string): Component => {
      const known = frames.get(name);
      if (known !== undefined) return known;
      const made = makeFrame(key, name, screenAt(key));
      frames.set(name, made);
      return made;
    };
    const screenAt = (key: string): Component => {
      const matched = router.resolve(key).matched.at(-1);
      return matched?.components?.default as Component;
    };
    return () => {
      const tab = tabs.find((one) => one.key === route.path);
      const ready = typeof route.matched.at(-1)?.components?.default === 'object';
      const name = tab === undefined ? null : frameName(tab);
      for (const known of frames.keys()) if (!names.value.includes(known)) frames.delete(known);
      const content =
        tab === undefined || name === null || !ready
          ? null
          : h(frameOf(tab.key, name), { key: name });
      return h(KeepAlive, { include: names.value }, () => content);
    };
  },
});

export default TabHost;

function frameName({ key, version }: { key: string; version: number }): string {
  return `${key}#${version}`;
}

/** A scrolling frame round one screen, which knows whether its tab is the one in front. */
function makeFrame(key: string, name: string, screen: Component): Component {
  return defineComponent({
    name,
    setup() {
      const active = ref(true);
      const element = ref<HTMLElement | null>(null);
      provide(TAB, { key, active });
      onActivated(() => {
        active.value = true;
      });
      onDeactivated(() => {
        active.value = false;
      });
      useKeptScroll(element);
      return () => h('div', { ref: element, class: 'tab-page' }, [h(screen)]);
    },
  });
}
