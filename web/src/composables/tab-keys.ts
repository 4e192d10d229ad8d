import { nextTick, type Ref } from 'vue';
import { useKeys } from './keys.ts';

/** `1`, `2`, … open the parts of a screen and put the focus on the tab, so that Tab goes on inside. */
export function useTabKeys(
  part: Ref<string>,
  tabs: readonly { readonly key: string; readonly title: string }[],
): void {
  useKeys(
    tabs.map(({ key, title }, index) => ({
      key: String(index + 1),
      title: `看“${title}”`,
      run: async () => {
        part.value = key;
        await nextTick();
        document.querySelector<HTMLElement>('main [role="tab"][aria-selected="true"]')?.focus();
      },
    })),
  );
}
