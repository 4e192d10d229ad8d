import { onMounted, type Ref } from 'vue';

const FIELDS =
  'input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)';

/**
 * Enter goes to the next field, Ctrl+Enter submits (窗口录入习惯). A text area keeps its Enter.
 */
export function useEnterFlow(root: Ref<HTMLElement | null>, submit: () => void): void {
  onMounted(() => {
    root.value?.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        event.stopPropagation();
        submit();
        return;
      }
      const target = event.target as HTMLElement;
      if (
        !['INPUT', 'SELECT'].includes(target.tagName) ||
        target.getAttribute('aria-expanded') === 'true'
      )
        return;
      const fields = [...(root.value?.querySelectorAll<HTMLElement>(FIELDS) ?? [])];
      const next = fields[fields.indexOf(target) + 1];
      event.preventDefault();
      if (next === undefined) submit();
      else next.focus();
    });
  });
}
