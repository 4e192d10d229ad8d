import { ref } from 'vue';
import { type AuditVerdict, auditApi } from '../../../../api/audit.ts';
import { useWork } from '../../../../composables/work.ts';

/** Verifies the log, online and archived, when asked; the verdict stands until the next time. */
export function useVerify() {
  const verdict = ref<AuditVerdict | null>(null);
  const { busy, fault, run } = useWork();
  const verify = () =>
    run(async () => {
      verdict.value = await auditApi.verify();
    });
  return { verdict, busy, fault, verify };
}
