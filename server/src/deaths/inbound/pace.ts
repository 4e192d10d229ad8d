/** Seconds of its rate an application may send at once after a pause. */
const BURST_SECONDS = 30;

/**
 * Counts what each application sends (令牌桶). `take` gives 0 when it may send so many now, else the
 * seconds to wait. A batch larger than the whole allowance passes when the allowance is full, or
 * it could never be sent.
 */
export class Pace {
  readonly #left = new Map<string, { tokens: number; at: number }>();

  take(appId: string, perSecond: number, events: number, now: number): number {
    const most = perSecond * BURST_SECONDS;
    const before = this.#left.get(appId) ?? { tokens: most, at: now };
    const passed = Math.max(0, now - before.at) / 1000;
    const tokens = Math.min(most, before.tokens + passed * perSecond);
    const wanted = Math.min(events, most);
    if (tokens < wanted) {
      this.#left.set(appId, { tokens, at: now });
      return Math.ceil((wanted - tokens) / perSecond);
    }
    this.#left.set(appId, { tokens: tokens - wanted, at: now });
    return 0;
  }
}
