/** Words from which invented people and employers are named; rare characters are deliberate. */
export const SURNAMES: readonly string[] = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文',
  '欧阳',
  '上官',
  '司马',
  '诸葛',
];
/** 䶮 is two-byte only since 2005, 𠅤 and 𬭬 and 㛃 take four bytes. */
export const RARE_SURNAMES: readonly string[] = ['逯', '郄', '冮', '仝', '亓', '乜', '䶮', '㛃'];
export const GIVEN: readonly string[] = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅红建国志文辉力鹏飞宇浩然子涵雨欣怡佳晨阳雪婷博思源嘉琪俊凯旭东海波林峰云龙凤珍琴素贞淑惠春花金锁根生福贵荣宝山川永安泰康宁瑞祥',
];
/** Second bytes 0x7C (珅 瑋) and 0x5C (玕 琝 芢), and four-byte characters. */
export const RARE_GIVEN: readonly string[] = [
  '珅',
  '瑋',
  '玕',
  '琝',
  '芢',
  '𠅤',
  '𬭬',
  '㛃',
  '䶮',
  '堃',
  '犇',
  '喆',
  '翀',
];
export const MINORITY_NAMES: readonly string[] = [
  '阿里木·买买提',
  '古丽·阿不都',
  '艾山·吐尔逊',
  '帕提古丽·玉素甫',
  '迪丽·热合曼',
];

export const BRAND_FIRST: readonly string[] = [
  ...'兰华晋太凤金丹沁阳珏泽高陵方浩瑞鑫盛宏恒泰安康永兴隆昌达通源丰裕嘉和顺天地元亨利贞星辰海岳川林森玉银铜铁建信义仁礼智慧德',
].slice(0, 60);
export const BRAND_SECOND: readonly string[] = [
  ...'花城岩台鼎岭山水河泉湖松柏竹梅兰菊桥门峰原野田园光明亮辉煌腾飞跃进升旺盛茂荣富贵祥瑞庆春夏秋冬东西南北中正大同创新联合众',
].slice(0, 60);
export const SECTORS: readonly string[] = [
  '煤业',
  '煤层气',
  '化工',
  '铸造',
  '机械',
  '建材',
  '建筑工程',
  '运输',
  '物流',
  '商贸',
  '农业',
  '食品',
  '丝麻纺织',
  '光电',
  '新能源',
  '餐饮服务',
  '物业',
  '文化旅游',
  '医药',
  '信息科技',
];
export const COUNTY_NAMES: Readonly<Record<string, string>> = {
  '140502': '城区',
  '140525': '泽州',
  '140581': '高平',
  '140522': '阳城',
  '140524': '陵川',
  '140521': '沁水',
  '140599': '市本级',
};

/** A DuckDB list literal. */
export function sqlList(words: readonly string[]): string {
  return `[${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(',')}]`;
}
