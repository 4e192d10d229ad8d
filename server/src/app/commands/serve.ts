import { type Command, wholeNumber } from '../command-line/index.ts';
import { serve } from '../serve.ts';
import { inOwnWorkspace } from './in-workspace.ts';

export const serveCommand: Command = {
  name: 'serve',
  usage: '[--port 8080]',
  summary: '启动网页与接口服务（只在本机 127.0.0.1）',
  options: { port: { type: 'string' } },
  run: (context, _, options) => {
    const port = wholeNumber(serveCommand, options, 'port', 8080);
    return inOwnWorkspace(context, '网页服务', async (workspace) => {
      await serve(workspace, context, port);
      return 0;
    });
  },
};
