// The bits of the chosen byte, or of the bytes of the chosen bit field, one cell each. The cells of the chosen field
// are marked; choosing a cell chooses the field of that bit.

import { useRef } from "preact/hooks";
import type { BitAction } from "./actions";
import { isFree } from "./keys";
import { bytesWithBits, type Node, nodeOfBit, type Tree } from "./nodes";

interface Props {
  tree: Tree;
  chosen: Node | null;
  byte: number | null;
  bit: number | null;
  onChoose(bit: number): void;
  actions: BitAction[];
}

export function Bits({ tree, chosen, byte, bit, onChoose, actions }: Props) {
  const cells = useRef<HTMLDivElement>(null);
  const range = bytesWithBits(tree, chosen, byte);
  const first = range ? range[0] * 8 : 0;
  const length = range ? (range[1] - range[0]) * 8 : 0;
  const at = bit !== null && bit >= first && bit < first + length ? bit : first;
  const go = (to: number) => {
    if (to < first || to >= first + length) return;
    onChoose(to);
    requestAnimationFrame(() => (cells.current?.querySelector("[tabindex='0']") as HTMLElement | null)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: first, End: first + length - 1 }[event.key];
    if (to === undefined || !isFree(event)) return;
    event.preventDefault();
    event.stopPropagation();
    go(to);
  };
  if (!range) return <p class="bits nothing">choose a byte to see its bits</p>;
  const { data } = tree.section;
  return (
    <div class="bits">
      <span class="bits-label">{length === 8 ? `byte ${range[0]}` : `bytes ${range[0]} to ${range[1] - 1}`}</span>
      <div class="cells" ref={cells} role="group" aria-label={`bits from byte ${range[0]}`} onKeyDown={onKeyDown}>
        {Array.from({ length }, (_, index) => {
          const place = first + index;
          const value = (data[place >> 3]! >> (7 - (place & 7))) & 1;
          const owner = nodeOfBit(tree, place);
          const edge = index > 0 && owner !== nodeOfBit(tree, place - 1);
          const own = isOwn(chosen, place);
          const starts = index % 8 === 0 && "byte-start";
          const classes = ["bit", own && "own", edge && "edge", place === bit && "caret", starts];
          return (
            <button
              type="button"
              key={place}
              class={classes.filter(Boolean).join(" ")}
              tabIndex={place === at ? 0 : -1}
              aria-pressed={own}
              aria-label={`bit ${index} is ${value}: ${owner?.field.name ?? "no field"}`}
              onClick={() => onChoose(place)}
            >
              {value}
            </button>
          );
        })}
      </div>
      {actions.map((action, index) => (
        <button type="button" class="action" key={index} onClick={action.run}>
          {action.label}
        </button>
      ))}
    </div>
  );
}

/** Whether a bit is one of the chosen field. */
function isOwn(chosen: Node | null, bit: number): boolean {
  if (!chosen || chosen.start === null) return false;
  const [start, end] = chosen.bits ?? [chosen.start * 8, chosen.end * 8];
  return start <= bit && bit < end;
}
