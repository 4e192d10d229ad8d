import { defineError } from '../kernel/index.ts';

export const duckFatal = defineError(
  'STORE_DUCK_FATAL',
  'unavailable',
  (d: { reason: string }) =>
    `市级数据库因故障停止了这次操作（${d.reason}）。此前已确认入库的数据没有改变；这次操作没有完成确认，重试前平台以重新打开后的数据为准。数据库会在下一次操作时自动重新打开。请检查数据文件夹所在磁盘的剩余空间和硬件状态，处理后重试。`,
);

export const duckMemory = defineError(
  'STORE_DUCK_MEMORY',
  'unavailable',
  (d: { memoryLimit: string }) =>
    `市级数据库的内存不够完成这次操作（上限 ${d.memoryLimit}）。数据没有改变。请等其他任务结束后重试；反复出现时，请增加服务器内存（上限为内存的一半，最多 4 GB）。`,
);

export const duckDiskFull = defineError(
  'STORE_DUCK_DISK_FULL',
  'limit',
  (d: { file: string }) =>
    `磁盘空间不足，市级数据库无法继续写入（${d.file} 所在磁盘）。已经入库的数据没有改变。请清理磁盘后重试。`,
);

export const duckInterrupted = defineError(
  'STORE_DUCK_INTERRUPTED',
  'conflict',
  () => '这次查询被取消，数据没有改变。需要结果时请重新发起。',
);

export const duckHeld = defineError(
  'STORE_DUCK_HELD',
  'conflict',
  (d: { file: string }) =>
    `市级数据库文件 ${d.file} 正被另一个程序打开，不能同时使用。请先关闭那个程序（例如另一个回流服务或数据库查看工具），再重试。`,
);

export const duckUnreadable = defineError(
  'STORE_DUCK_UNREADABLE',
  'unavailable',
  (d: { file: string }) =>
    `市级数据库文件 ${d.file} 打不开或读不出：文件已损坏、不是本平台的数据库，或没有读写权限。请不要删除任何文件；先检查文件权限和磁盘，仍是这样时请停止服务，执行 ./huiliu feed rebuild 由原始文件重建（损坏的文件会改名保留，见手册“故障处理”）。`,
);

export const duckPlain = defineError(
  'STORE_DUCK_PLAIN',
  'unavailable',
  (d: { file: string }) =>
    `市级数据库文件 ${d.file} 是以前的未加密格式，现在要求加密存放，不能直接使用。数据没有改变。请停止服务，执行 ./huiliu feed rebuild 由原始文件重建为加密的数据库，完成后未加密的旧文件会被删除。`,
);

export const duckKeyWrong = defineError(
  'STORE_DUCK_KEY_WRONG',
  'unavailable',
  (d: { file: string }) =>
    `市级数据库文件 ${d.file} 已加密，但 config/keys 中的密钥都打不开它。数据没有改变。多半是密钥库没有随数据文件夹一起恢复：请从密钥备份恢复 config/keys 后重试；确实找不回密钥时，可移走该文件，执行 ./huiliu feed rebuild 由原始文件重建。`,
);

export const duckCryptoModule = defineError(
  'STORE_DUCK_CRYPTO_MODULE',
  'unavailable',
  (d: { file: string }) =>
    `加密模块 ${d.file} 不能装入：文件不存在、不是本版本 DuckDB 的官方签名扩展，或平台不符。请执行 ./huiliu cipher install 装入对应版本的 httpfs 扩展，或把 HULIU_DUCKDB_CRYPTO 设为空，改用内置模块。`,
);

export const duckQuery = defineError(
  'STORE_DUCK_QUERY',
  'invalid',
  (d: { reason: string }) =>
    `市级数据库没有接受一条语句（${d.reason}），数据没有改变。这通常是规则、参数或程序的问题，请把错误代码和时间告诉系统管理员。`,
);

export const postgresStart = defineError(
  'STORE_POSTGRES_START',
  'unavailable',
  (d: { reason: string; log: string }) =>
    `内置 PostgreSQL 没有启动：${d.reason}。业务数据没有改变。请查看日志 ${d.log}，处理后重新启动平台。`,
);

export const postgresAccount = defineError(
  'STORE_POSTGRES_ACCOUNT',
  'unavailable',
  (d: { reason: string; dir: string }) =>
    `内置 PostgreSQL 无法使用文件夹 ${d.dir}：${d.reason}。请换用普通用户运行本平台，或把数据文件夹放到该账号有权访问的位置，或用 HULIU_PG_URL 连接已有的 PostgreSQL。`,
);

export const postgresHeld = defineError(
  'STORE_POSTGRES_HELD',
  'conflict',
  (d: { pid: number }) =>
    `数据文件夹里的 PostgreSQL 正由另一个回流进程（进程号 ${d.pid}）使用。请先停止那个进程，再启动本平台。`,
);

export const postgresUnreachable = defineError(
  'STORE_POSTGRES_UNREACHABLE',
  'unavailable',
  (d: { server: string }) =>
    `连不上 HULIU_PG_URL 指定的 PostgreSQL（${d.server}）。请确认数据库已启动、地址和口令正确、网络可达，然后重试。`,
);

export const postgresBusy = defineError(
  'STORE_POSTGRES_BUSY',
  'unavailable',
  (d: { retry_after_s: number }) =>
    `业务库的连接都在使用，等候过久，这次操作没有执行。请 ${d.retry_after_s} 秒后重试；经常如此的，请告诉系统管理员。`,
);

export const migrationChanged = defineError(
  'STORE_MIGRATION_CHANGED',
  'conflict',
  (d: { name: string; what: 'edited' | 'inserted' }) =>
    d.what === 'edited'
      ? `数据库结构步骤 ${d.name} 早已执行过，但程序里的内容与当时不同。为避免结构与程序不符，已停止启动。请恢复该步骤的原内容，新的改动另写一步。`
      : `数据库结构步骤 ${d.name} 排在已执行过的步骤之前，只能往后追加。为避免结构与程序不符，已停止启动。请把它移到最后。`,
);

export const migrationAhead = defineError(
  'STORE_MIGRATION_AHEAD',
  'conflict',
  (d: { name: string }) =>
    `这份数据已被更新版本的平台升级过（含本程序不认识的结构步骤 ${d.name}）。旧程序不能使用新数据，请换用新版本的平台。`,
);

export const migrationFailed = defineError(
  'STORE_MIGRATION_FAILED',
  'unavailable',
  (d: { name: string }) =>
    `数据库结构步骤 ${d.name} 执行失败，这一步已全部撤销，之前的步骤保留。请检查磁盘空间和数据库权限后重新启动；仍失败时请联系开发人员。`,
);

export const folderHeld = defineError(
  'STORE_FOLDER_HELD',
  'conflict',
  (d: { dir: string; pid: number; purpose: string; since: string; host: string }) =>
    `数据文件夹 ${d.dir} 正被占用：主机 ${d.host} 上的进程 ${d.pid} 从 ${d.since} 起在${d.purpose}。同一个数据文件夹一次只能由一个进程使用。请等它结束，或先停止它，再重试。`,
);

export const folderUnusable = defineError(
  'STORE_FOLDER_UNUSABLE',
  'unavailable',
  (d: { dir: string; reason: string }) =>
    `数据文件夹 ${d.dir} 不能使用：${d.reason}。请检查路径、权限和磁盘，或用 --data 指定另一个文件夹。`,
);
