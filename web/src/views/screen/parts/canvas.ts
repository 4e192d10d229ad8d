import { computed, onBeforeUnmount, onMounted, ref } from 'vue';

/** Canvases the wall is drawn on; whichever is nearer to the shape of the screen. */
const CANVASES = { hd: [1920, 1080], wide: [3840, 1080] } as const;

/** A fixed canvas in the middle of the window, scaled by one factor in both directions. */
export function useCanvas() {
  const window_ = ref<readonly [number, number]>([window.innerWidth, window.innerHeight]);
  const measure = () => {
    window_.value = [window.innerWidth, window.innerHeight];
  };
  onMounted(() => window.addEventListener('resize', measure));
  onBeforeUnmount(() => window.removeEventListener('resize', measure));
  const size = computed<keyof typeof CANVASES>(() =>
    window_.value[0] / window_.value[1] > 2.6 ? 'wide' : 'hd',
  );
  const style = computed(() => {
    const [width, height] = CANVASES[size.value];
    const scale = Math.min(window_.value[0] / width, window_.value[1] / height);
    const left = (window_.value[0] - width * scale) / 2;
    const top = (window_.value[1] - height * scale) / 2;
    return {
      width: `${width}px`,
      height: `${height}px`,
      transform: `translate(${left}px, ${top}px) scale(${scale})`,
    };
  });
  return { size, style };
}
