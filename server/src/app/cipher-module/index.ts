export {
  type InstallRequest,
  installedModule,
  installModule,
  moduleToLoad,
} from './install-module.ts';
