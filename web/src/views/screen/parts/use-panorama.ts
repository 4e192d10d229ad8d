import { computed, onBeforeUnmount, onMounted, ref } from 'vue';
import { ApiError } from '../../../api/http.ts';
import { type Panorama, readPanorama } from '../../../api/panorama.ts';

const REFRESH_MS = 60_000;
const BACK_TO_CITY_MS = 180_000;

/**
 * The numbers of the city and, while somebody looks at one county, of that county. The last good ones
 * stay when the server is away; an untouched wall goes back to the city.
 */
export function usePanorama(token: string | null) {
  const city = ref<Panorama | null>(null);
  const ofCounty = ref<Panorama | null>(null);
  const county = ref<string | null>(null);
  const fault = ref<string | null>(null);
  let timer: ReturnType<typeof setInterval> | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;

  /** What the panels show: the county once its numbers are there. */
  const shown = computed(() =>
    county.value === null ? city.value : (ofCounty.value ?? city.value),
  );
  const waiting = computed(() => county.value !== null && ofCounty.value === null);

  async function refresh() {
    const asked = county.value;
    try {
      const [whole, part] = await Promise.all([
        readPanorama(token, null),
        asked === null ? null : readPanorama(token, asked),
      ]);
      city.value = whole;
      if (county.value === asked) ofCounty.value = part;
      fault.value = null;
    } catch (error) {
      fault.value = faultText(error);
    }
  }

  async function drill(agency: string | null) {
    county.value = county.value === agency ? null : agency;
    ofCounty.value = null;
    clearTimeout(idle);
    const asked = county.value;
    if (asked === null) return;
    idle = setTimeout(() => drill(null), BACK_TO_CITY_MS);
    try {
      const part = await readPanorama(token, asked);
      // Somebody may have pointed at another county meanwhile.
      if (county.value === asked) ofCounty.value = part;
    } catch (error) {
      fault.value = faultText(error);
    }
  }

  onMounted(() => {
    void refresh();
    timer = setInterval(refresh, REFRESH_MS);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    clearTimeout(idle);
  });
  return { city, shown, county, waiting, fault, drill };
}

function faultText(error: unknown): string {
  const refused = error instanceof ApiError && [401, 403].includes(error.status);
  return refused
    ? '令牌已失效或没有查看权限。请系统管理员重新发放大屏地址，或登录后再打开。'
    : '暂时没有连上服务器，下面是最近一次的数字，恢复后自动更新。';
}
