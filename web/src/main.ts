import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import App from './App.vue';
import { ApiError } from './api/http.ts';
import { listenToKeys } from './composables/keys.ts';
import { applyPreferences } from './composables/preferences.ts';
import { router } from './router/index.ts';
import 'element-plus/theme-chalk/base.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/forms.css';
import './styles/element.css';
import './styles/print.css';

applyPreferences();
listenToKeys();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // A refusal stays one however often it is asked for; a broken line may mend.
      retry: (count, error) => count < 1 && error instanceof ApiError && error.status === 0,
    },
  },
});

createApp(App).use(router).use(VueQueryPlugin, { queryClient: queries }).mount('#app');
