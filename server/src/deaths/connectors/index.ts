export { type Network, realNetwork } from './call-department.ts';
export * from './errors.ts';
export { type ConnectorLetter, listLetters, replayLetter } from './letters.ts';
export {
  type ConnectorConfig,
  type InterfacesConfig,
  interfaceOfConnector,
  isPolled,
} from './model.ts';
export { type Connectors, openConnectors } from './open-connectors.ts';
export type { Visit } from './poll.ts';
export { type Answer, isQueried, type Question } from './query-department.ts';
export { loadInterfaces, parseInterfaces } from './read-config.ts';
