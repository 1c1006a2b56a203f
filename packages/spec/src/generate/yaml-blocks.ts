/** A piece of YAML and the line of its file on which it starts, counted from 1. */
export interface YamlBlock {
  readonly text: string;
  readonly line: number;
}

/** The fenced `yaml` blocks of Markdown, without the indentation of their fence; all of any other file. */
export function yamlBlocks(path: string, text: string): YamlBlock[] {
  return path.endsWith('.md') ? fencedBlocks(text) : [{ text, line: 1 }];
}

function fencedBlocks(markdown: string): YamlBlock[] {
  const blocks: YamlBlock[] = [];
  let open: { fence: string; indent: number; yaml: boolean; lines: string[]; line: number } | undefined;
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(\S*)/.exec(line);
    if (open === undefined) {
      if (fence === null) continue;
      const [, indent = '', marks = '', language = ''] = fence;
      const yaml = ['yaml', 'yml'].includes(language.toLowerCase());
      open = { fence: marks, indent: indent.length, yaml, lines: [], line: index + 2 };
    } else if (fence?.[2]?.startsWith(open.fence) && fence[3] === '') {
      if (open.yaml) blocks.push({ text: open.lines.join('\n'), line: open.line });
      open = undefined;
    } else {
      open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
    }
  }
  return blocks;
}
