/** The recipes of src/sandbox/README.md: each is a file of at most 25 lines beside this one, and runs as a test. */
import { readFileSync } from 'node:fs';

export interface Recipe {
  readonly title: string;
  readonly file: string;
  /** The language of the block in the README. */
  readonly language: string;
  /** What a reader runs, in a folder with the file. */
  readonly run: readonly string[];
}

export const MAX_LINES = 25;

export const RECIPES: readonly Recipe[] = [
  {
    title: 'pytest and Telethon',
    file: 'test_telethon.py',
    language: 'python',
    run: ['pip install pytest telethon', 'tg-auth sandbox --control 0 -- pytest'],
  },
  {
    title: 'pytest and kurigram',
    file: 'test_kurigram.py',
    language: 'python',
    run: ['pip install pytest kurigram', 'tg-auth sandbox -- pytest'],
  },
  {
    title: 'node:test and mtcute',
    file: 'mtcute.test.mjs',
    language: 'js',
    run: ['npm install @mtcute/node', 'tg-auth sandbox -- node --test'],
  },
  {
    title: 'node:test and teleproto',
    file: 'teleproto.test.mjs',
    language: 'js',
    run: ['npm install teleproto', 'tg-auth sandbox -- node --test'],
  },
  {
    title: 'Go and gotd',
    file: 'login_test.go',
    language: 'go',
    run: ['go mod init login', 'go mod tidy', 'tg-auth sandbox -- go test'],
  },
  {
    title: 'A shell script',
    file: 'login.sh',
    language: 'bash',
    run: ['tg-auth sandbox --control 0 -- ./login.sh'],
  },
  {
    title: 'GitHub Actions',
    file: 'workflow.yml',
    language: 'yaml',
    run: [],
  },
];

export function textOf({ file }: Recipe): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/** The recipes as a part of the README. */
export function sections(): string {
  return RECIPES.map((recipe) => {
    const { title, language, run } = recipe;
    const commands = run.length === 0 ? '' : `\`\`\`sh\n${run.join('\n')}\n\`\`\`\n\n`;
    return `### ${title}\n\n${commands}\`\`\`${language}\n${textOf(recipe)}\`\`\``;
  }).join('\n\n');
}
