import { computed, ref } from 'vue';
import { errorText } from '../api/http.ts';
import { askKey } from '../api/security-keys.ts';
import { sessionApi } from '../api/session.ts';
import { session } from './session.ts';
import { keepSession } from './session-guard.ts';

type Proof = Parameters<typeof sessionApi.prove>[0];

/** Proves once more who sits here: by key, code or password, whichever the account goes by. */
export function useProof(proven: () => void) {
  const secret = ref('');
  const fault = ref<string | null>(null);
  const busy = ref(false);
  const bound = computed(() =>
    session.value === null || session.value.demo ? [] : session.value.second_factors,
  );
  const keyed = computed(() => bound.value.includes('security_key'));
  const coded = computed(() => bound.value.length > 0);

  async function prove(proof: () => Proof | Promise<Proof>) {
    if (busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      keepSession(await sessionApi.prove(await proof()));
      proven();
    } catch (error) {
      fault.value = errorText(error);
    } finally {
      busy.value = false;
      secret.value = '';
    }
  }
  return {
    ...{ secret, fault, busy, keyed, coded },
    label: computed(() => {
      if (!coded.value) return '登录口令';
      return bound.value.includes('totp') ? '验证器上的 6 位验证码' : '恢复码（密钥不在手边时）';
    }),
    bySecret: () =>
      prove(() => (coded.value ? { code: secret.value.trim() } : { password: secret.value })),
    byKey: () => prove(async () => ({ key: await askKey() })),
    clear: () => {
      secret.value = '';
      fault.value = null;
    },
  };
}
