/** Tables as wide as the terminal: the widest columns give way, and what is too long goes on in the next line. */
import Table from 'cli-table3';
import { shownText } from './paint.js';

/** Border and padding of a column; one border more closes the table. */
const COLUMN_FRAME = 3;

/** Widths of columns, without the frame, that fit into `available`: the widest give way first. */
const fittingWidths = (rows: readonly (readonly string[])[], available: number): number[] => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const room = available - widths.length * COLUMN_FRAME - 1;
  for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return widths.map((width) => Math.max(width, 1));
};

/** A text in lines of `width` characters at most, between words where that is possible. */
export const wrapped = (text: string, width: number): string[] =>
  text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let rest = line;
    while (rest.length > width) {
      const space = rest.lastIndexOf(' ', width);
      const end = space > 0 ? space : width;
      lines.push(rest.slice(0, end));
      rest = rest.slice(space > 0 ? end + 1 : end);
    }
    return [...lines, rest];
  });

const bounded = (lines: readonly string[], most: number, width: number): readonly string[] => {
  if (lines.length <= most) return lines;
  const last = lines[most - 1] ?? '';
  const [fitting = ''] = wrapped(last, Math.max(1, width - 2));
  return [...lines.slice(0, most - 1), `${fitting} …`];
};

/** Columns of figures. */
const NUMBERS: ReadonlySet<string> = new Set(['steps', 'line']);

export interface TableStyle {
  readonly paint?: (line: string, column: number, row: number) => string;
  readonly isRight?: (column: number) => boolean;
  /** Lines of a cell. What has no room ends with an ellipsis. */
  readonly most?: number;
}

/** @param available columns of the terminal */
export const tableOf = (
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  available: number,
  {
    paint = (line) => line,
    isRight = (column) => NUMBERS.has(columns[column] ?? ''),
    most = Infinity,
  }: TableStyle = {},
): string => {
  const texts = rows.map((row) => row.map(shownText));
  const widths = fittingWidths([columns, ...texts], available);
  const cellOf = (text: string, column: number): readonly string[] => {
    const width = widths[column] ?? 1;
    return bounded(wrapped(text, width), most, width);
  };
  const table = new Table({
    head: columns.map((head, column) => cellOf(head, column).join('\n')),
    colWidths: widths.map((width) => width + COLUMN_FRAME - 1),
    colAligns: columns.map((_, column) => (isRight(column) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(
    ...texts.map((row, at) =>
      row.map((text, column) =>
        cellOf(text, column)
          .map((line) => paint(line, column, at))
          .join('\n'),
      ),
    ),
  );
  return table.toString();
};
