/** Keeps answers by question; an answer stands as long as the stamp in its key (答案缓存). */
export interface AnswerCache {
  /** The answer under `key`, made once however many ask at the same time. */
  once<T>(key: string, make: () => Promise<T>): Promise<T>;
}

/** Keeps the answers asked for last, at most `most` of them; a failure is not kept. */
export function answerCache(most = 200): AnswerCache {
  const answers = new Map<string, Promise<unknown>>();
  return {
    once<T>(key: string, make: () => Promise<T>): Promise<T> {
      const known = answers.get(key);
      if (known !== undefined) {
        answers.delete(key);
        answers.set(key, known);
        return known as Promise<T>;
      }
      const made = make();
      answers.set(key, made);
      made.catch(() => answers.delete(key));
      const oldest = answers.keys().next().value;
      if (answers.size > most && oldest !== undefined) answers.delete(oldest);
      return made;
    },
  };
}
