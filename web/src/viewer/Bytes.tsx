// The bytes of a section: hexadecimal and as characters, with the bytes of the chosen field marked. A grid, in which
// arrows move the caret. With `other`, the bytes of a second packet stand below each line, and what differs is marked.
// Tested in test/viewer-packet.test.mjs.

import { useEffect, useRef } from "preact/hooks";
import { isFree } from "./keys";
import type { Node, Tree } from "./nodes";
import { type Metrics, reveal, useView } from "./window";
import { hex } from "./words";

interface Props {
  tree: Tree;
  chosen: Node | null;
  byte: number | null;
  hovered: Node | null;
  other: Uint8Array | null;
  onChoose(byte: number): void;
  onHover(byte: number | null): void;
  metrics: Metrics;
}

const MORE = 6;
/** Characters of a line of 16 bytes: offset, hexadecimal, characters. */
const WIDE = 6 + 16 * 3 + 2 + 16;

export function Bytes({ tree, chosen, byte, hovered, other, onChoose, onHover, metrics }: Props) {
  const pane = useRef<HTMLDivElement>(null);
  const view = useView(pane, true);
  const { data } = tree.section;
  const each = view.width / metrics.ch >= WIDE + 2 ? 16 : 8;
  const line = metrics.line;
  const rowHeight = other ? 2 * line : line;
  const size = Math.max(data.length, other?.length ?? 0);
  const rows = Math.ceil(size / each);

  useEffect(() => {
    const start = chosen?.start ?? byte;
    if (pane.current && start !== null)
      reveal(pane.current, Math.floor((byte ?? start) / each) * rowHeight, rowHeight);
  }, [chosen, byte, each, rowHeight]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isFree(event) || data.length === 0) return;
    const at = byte ?? 0;
    const inRow = at - (at % each);
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + each,
      ArrowUp: at - each,
      Home: inRow,
      End: inRow + each - 1,
      PageDown: at + 8 * each,
      PageUp: at - 8 * each,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (byte === null) onChoose(0);
    else if (to >= 0 && (to < data.length || event.key === "End" || event.key === "PageDown")) {
      onChoose(Math.min(to, data.length - 1));
    } else if (to < 0 && event.key === "PageUp") onChoose(at % each);
  };
  const byteAt = (event: MouseEvent): number | null => {
    const cell = (event.target as Element).closest("[data-at]");
    const at = cell ? Number((cell as HTMLElement).dataset["at"]) : NaN;
    return at < data.length ? at : null;
  };

  const first = Math.max(0, Math.floor(view.top / rowHeight) - MORE);
  const last = Math.min(rows, Math.ceil((view.top + view.height) / rowHeight) + MORE);
  const caretRow = byte === null ? -1 : Math.floor(byte / each);
  const shown = Array.from({ length: Math.max(last - first, 0) }, (_, index) => first + index);
  if (caretRow >= 0 && caretRow < rows && (caretRow < first || caretRow >= last)) shown.push(caretRow);
  if (size === 0) return <p class="nothing">no bytes</p>;
  return (
    <div
      class="bytes"
      ref={pane}
      role="grid"
      tabIndex={0}
      aria-label="bytes"
      aria-rowcount={rows}
      aria-colcount={each}
      aria-activedescendant={byte === null ? undefined : `byte-${byte}`}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const at = byteAt(event);
        if (at !== null) onChoose(at);
      }}
      onMouseOver={(event) => onHover(byteAt(event))}
      onMouseLeave={() => onHover(null)}
    >
      <div class="space" role="presentation" style={{ height: `${rows * rowHeight}px` }}>
        {shown.map((row) => (
          <div class="bytes-row" role="row" aria-rowindex={row + 1} key={row} style={{ top: `${row * rowHeight}px` }}>
            <HexLine
              tree={tree}
              data={data}
              other={other}
              row={row}
              each={each}
              chosen={chosen}
              byte={byte}
              hovered={hovered}
            />
            {other && <OtherLine data={data} other={other} row={row} each={each} />}
          </div>
        ))}
      </div>
    </div>
  );
}

interface LineProps {
  tree: Tree;
  data: Uint8Array;
  other: Uint8Array | null;
  row: number;
  each: number;
  chosen: Node | null;
  byte: number | null;
  hovered: Node | null;
}

function HexLine({ tree, data, other, row, each, chosen, byte, hovered }: LineProps) {
  const start = row * each;
  const places = Array.from(
    { length: Math.max(Math.min(each, data.length - start), 0) },
    (_, index) => start + index,
  );
  const inside = (node: Node | null, at: number) =>
    node !== null && node.start !== null && node.start <= at && at < node.end;
  const classes = (at: number) =>
    [
      tree.odd[at] ? "odd" : "",
      inside(chosen, at) ? "marked" : "",
      inside(hovered, at) ? "hovered" : "",
      other && other[at] !== data[at] ? "differs" : "",
      at === byte ? "caret" : "",
    ]
      .filter(Boolean)
      .join(" ");
  return (
    <div class="hex-line" role="presentation">
      <span class="offset" aria-hidden="true">
        {start.toString(16).padStart(4, "0")}
      </span>
      <span class={`hex of-${each}`} role="presentation">
        {places.map((at) => (
          <span
            key={at}
            id={`byte-${at}`}
            role="gridcell"
            aria-selected={inside(chosen, at)}
            data-at={at}
            class={`${classes(at)}${(at - start) % 8 === 7 ? " eighth" : ""}`}
          >
            {hex(data[at]!)}
          </span>
        ))}
      </span>
      <span class="characters" aria-hidden="true">
        {places.map((at) => (
          <span key={at} data-at={at} class={classes(at)}>
            {character(data[at]!)}
          </span>
        ))}
      </span>
    </div>
  );
}

/** The bytes of the other packet at the same places. */
function OtherLine({ data, other, row, each }: { data: Uint8Array; other: Uint8Array; row: number; each: number }) {
  const start = row * each;
  const places = Array.from(
    { length: Math.max(Math.min(each, other.length - start), 0) },
    (_, index) => start + index,
  );
  const classes = (at: number) => (other[at] !== data[at] ? "differs" : "");
  return (
    <div class="hex-line other" role="gridcell">
      <span class="offset" aria-hidden="true">
        {"    "}
      </span>
      <span class={`hex of-${each}`}>
        {places.map((at) => (
          <span key={at} class={`${classes(at)}${(at - start) % 8 === 7 ? " eighth" : ""}`}>
            {hex(other[at]!)}
          </span>
        ))}
      </span>
      <span class="characters" aria-hidden="true">
        {places.map((at) => (
          <span key={at} class={classes(at)}>
            {character(other[at]!)}
          </span>
        ))}
      </span>
    </div>
  );
}

function character(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}
