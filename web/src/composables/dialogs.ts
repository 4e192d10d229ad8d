import { reactive } from 'vue';

/** A question with reasons, asked from anywhere and answered as a promise. */
export interface Question {
  readonly title: string;
  readonly message: string;
  /** Verb on the button, e.g. 提交复核. */
  readonly verb: string;
  readonly danger?: boolean;
  /** Asks for a reason of at least this many characters. */
  readonly reason?: {
    readonly label: string;
    readonly min: number;
    readonly presets?: readonly string[];
  };
  /** The word that must be typed before the button works, e.g. a batch number. */
  readonly typed?: string;
}

interface Open extends Question {
  readonly id: number;
  readonly answer: (reason: string | null) => void;
}

export const questions = reactive<Open[]>([]);
let last = 0;

/** Asks; the reason given (empty text when none was asked for), or null when it was dismissed. */
export function ask(question: Question): Promise<string | null> {
  return new Promise((resolve) => {
    last += 1;
    const id = last;
    questions.push({
      ...question,
      id,
      answer: (reason) => {
        const index = questions.findIndex((one) => one.id === id);
        if (index >= 0) questions.splice(index, 1);
        resolve(reason);
      },
    });
  });
}

/** Asks for yes or no. */
export async function confirmAct(question: Question): Promise<boolean> {
  return (await ask(question)) !== null;
}
