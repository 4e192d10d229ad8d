import { nextTick, onActivated, onMounted, type Ref } from 'vue';

/** A part taken off the page forgets how far it was scrolled; this brings it back. */
export function useKeptScroll(element: Ref<HTMLElement | null>): void {
  let top = 0;
  let left = 0;
  onMounted(() => {
    element.value?.addEventListener(
      'scroll',
      () => {
        top = element.value?.scrollTop ?? 0;
        left = element.value?.scrollLeft ?? 0;
      },
      { passive: true },
    );
  });
  onActivated(async () => {
    const [wantedTop, wantedLeft] = [top, left];
    await nextTick();
    if (element.value === null) return;
    element.value.scrollTop = wantedTop;
    element.value.scrollLeft = wantedLeft;
  });
}
