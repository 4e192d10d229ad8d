import { isIP } from 'node:net';
import { keysOff } from '../errors.ts';
import type { IdentityWorld } from '../world.ts';

/** For whom security keys sign (WebAuthn relying party): origin of the pages, and their host name. */
export interface RelyingParty {
  readonly origin: string;
  readonly id: string;
}

/** Why security keys cannot be used here, in words for whoever would like to. */
export interface KeysOff {
  readonly off: string;
}

/** Makes the relying party of the address under which browsers reach the platform. */
export function relyingPartyOf(publicUrl: string | undefined): RelyingParty | KeysOff {
  if (publicUrl === undefined) {
    return {
      off: '没有配置平台的访问地址。请系统管理员按手册“安装与启动”写明访问地址（浏览器地址栏里的 https 网址）后重启服务',
    };
  }
  const url = URL.parse(publicUrl);
  if (url === null) return { off: `访问地址 ${publicUrl} 不是网址。请系统管理员改正后重启服务` };
  const { protocol, hostname, origin } = url;
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) {
    return {
      off: `访问地址 ${origin} 是 IP 地址，浏览器只允许对域名使用安全密钥。请系统管理员给平台配置域名，改写访问地址后重启服务`,
    };
  }
  // Browsers offer keys to trustworthy pages only, and count localhost among them.
  if (protocol !== 'https:' && hostname !== 'localhost') {
    return { off: `访问地址 ${origin} 不是 https，浏览器不允许使用安全密钥。请经 https 网关访问` };
  }
  return { origin, id: hostname };
}

/** Gives the relying party. @throws SECURITY_FACTOR_KEY_OFF */
export function requireRelyingParty({
  relyingParty,
}: Pick<IdentityWorld, 'relyingParty'>): RelyingParty {
  if ('off' in relyingParty) throw keysOff({ why: relyingParty.off });
  return relyingParty;
}
