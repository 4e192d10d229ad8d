import { useQuery } from '@tanstack/vue-query';
import { computed, reactive, ref } from 'vue';
import { dossierApi, type Purpose, type Reason } from '../api/dossier.ts';

/** A reason being filled in, and what is still missing from it. */
export function useReason() {
  const query = useQuery({
    queryKey: ['dossier', 'purposes'],
    queryFn: dossierApi.purposes,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const given = reactive({ code: '', matterNo: '', note: '' });
  const fault = ref<string | null>(null);
  const purposes = computed<readonly Purpose[]>(() => query.data.value ?? []);
  const chosen = computed(() => purposes.value.find(({ code }) => code === given.code));

  function missing(): string | null {
    if (chosen.value === undefined) return '请选择查询事由。';
    if (chosen.value.matter_required && given.matterNo.trim() === '') {
      return `“${chosen.value.title}”须填写业务号（受理号、疑点号、文号等）。`;
    }
    return given.note.trim().length < 5 ? '请在说明中写清为何查询，至少 5 个字。' : null;
  }

  return {
    given,
    fault,
    purposes,
    chosen,
    /** The reason when it is complete; else null, and `fault` says what is missing. */
    complete: (): { reason: Reason; purpose: string } | null => {
      fault.value = missing();
      if (fault.value !== null) return null;
      const matter = given.matterNo.trim();
      const reason = {
        purpose_code: given.code,
        note: given.note.trim(),
        ...(matter === '' ? {} : { matter_no: matter }),
      };
      return { reason, purpose: `${chosen.value?.title ?? ''}：${reason.note}` };
    },
  };
}

export type ReasonState = ReturnType<typeof useReason>;
