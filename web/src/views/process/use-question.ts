import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { type Filter, processApi, type Question } from '../../api/process.ts';
import { useListState } from '../../composables/list-state.ts';
import { picked } from './picked.ts';

const EMPTY = {
  log: '',
  matter: '',
  county: '',
  channel: '',
  from: '',
  to: '',
  contains: '',
  edge: '',
  variant: '',
  clock: 'wall',
};

/** The question every page of the panorama asks, kept in the address; conditions combine and undo. */
export function useQuestion() {
  const state = useListState({ ...EMPTY });
  const filters = computed<readonly Filter[]>(() => {
    const activity = picked(state.contains);
    const variant = picked(state.variant);
    const edge = picked(state.edge);
    const [from = '', to = ''] = edge.value.split('→');
    return [
      ...one('matter', state.matter),
      ...one('county', state.county),
      ...one('channel', state.channel),
      ...(state.from === '' && state.to === ''
        ? []
        : [{ kind: 'period', by: 'started', from: state.from || null, to: state.to || null }]),
      ...(activity.value === ''
        ? []
        : [
            {
              ...{ kind: 'contains', activities: [activity.value], mode: 'any' },
              exclude: activity.exclude,
            },
          ]),
      ...(to === ''
        ? []
        : [{ kind: 'leads_to', from, to, how: 'directly', exclude: edge.exclude }]),
      ...(variant.value === ''
        ? []
        : [{ kind: 'variant', keys: [variant.value], exclude: variant.exclude }]),
    ];
  });
  const question = computed<Question>(() => ({
    log: state.log === '' ? null : state.log,
    filters: filters.value,
    clock: state.clock as 'wall' | 'working',
  }));
  const logs = useQuery({ queryKey: ['process', 'logs'], queryFn: processApi.logs });
  const definitions = useQuery({
    queryKey: ['process', 'definitions'],
    queryFn: processApi.definitions,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    ...{ state, question, filters, logs, definitions },
    clear: () => void Object.assign(state, EMPTY),
  };
}

const one = (kind: string, value: string): Filter[] =>
  value === '' ? [] : [{ kind, values: [value] }];
