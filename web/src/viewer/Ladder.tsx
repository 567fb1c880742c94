// The ladder: a listbox of packets with a column for each host. Only the lines in sight are in the document, and the
// chosen one, which the focus stands for.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Item, Story } from "../story";
import { formOf } from "./form";
import { Hosts } from "./Hosts";
import { Gap, LadderLine } from "./LadderLine";
import { firstAbove, place, type Placed } from "./layout";
import { type Metrics, reveal, useView } from "./window";

interface Props {
  story: Story;
  items: Item[];
  chosen: Item | null;
  onChoose(item: Item): void;
  query: string;
  found: Set<number>;
  metrics: Metrics;
}

/** Lines drawn above and below what is in sight. */
const MORE = 12;

export function Ladder({ story, items, chosen, onChoose, query, found, metrics }: Props) {
  const pane = useRef<HTMLDivElement>(null);
  const view = useView(pane);
  const { line } = metrics;
  const form = useMemo(() => formOf(story, items, view.width, metrics), [story, items, view.width, metrics]);
  const all = useMemo(() => (view.width > 0 ? place(items, form.room, form.stacked) : []), [items, form, view.width]);
  const total = all.length > 0 ? all.at(-1)!.top + all.at(-1)!.height : 0;
  const at = chosen ? firstAbove(all, chosen.index, (placed) => placed.item.index) - 1 : -1;
  const active = all[at]?.item === chosen ? (all[at] ?? null) : null;

  useEffect(() => {
    if (active && pane.current) reveal(pane.current, (active.top - gapLine(active)) * line, boxLines(active) * line);
  }, [active?.item, all, line, view.height]);

  const first = Math.max(0, firstAbove(all, view.top / line - MORE, (placed) => placed.top) - 1);
  const last = firstAbove(all, (view.top + view.height) / line + MORE, (placed) => placed.top);
  const shown = all.slice(first, last);
  if (active && (at < first || at >= last)) shown.push(active);

  return (
    <div
      class={`ladder${form.stacked ? " stacked" : ""}`}
      ref={(element) => {
        element?.style.setProperty("--numbers", `${form.numbers}ch`);
        element?.style.setProperty("--clock", `${form.clock}ch`);
      }}
    >
      <div class="ladder-head" aria-hidden="true">
        <span class="number" />
        {form.streams && <span class="stream" />}
        <span class="time">{form.arrivals ? "sent" : "ms"}</span>
        {form.arrivals && <span class="time">there</span>}
        <Hosts story={story} columns={form.columns} step={form.step} />
        {form.payload && <span class="payload">bytes</span>}
      </div>
      <div
        class="lines"
        ref={pane}
        role="listbox"
        tabIndex={0}
        aria-label="packets"
        aria-activedescendant={active ? `packet-${active.item.index}` : undefined}
      >
        <div class="space" role="presentation" style={{ height: `${total * line}px` }}>
          {shown.map((placed) => (
            <Line
              key={placed.item.index}
              placed={placed}
              chosen={placed === active}
              found={found.has(placed.item.index)}
              size={all.length}
              position={placeIn(all, placed)}
              line={line}
              onChoose={onChoose}
              gap={<Gap placed={placed} form={form} />}
            >
              <LadderLine story={story} placed={placed} form={form} query={query} />
            </Line>
          ))}
        </div>
        {items.length === 0 && (
          <p class="nothing" role="presentation">
            no packets: a filter hides them all
          </p>
        )}
      </div>
    </div>
  );
}

function placeIn(all: Placed[], placed: Placed): number {
  return firstAbove(all, placed.top, (one) => one.top);
}

/** A gap has a line of its own, above the packet. */
export function gapLine(placed: Placed): number {
  return placed.gapMs === null ? 0 : 1;
}

export function boxLines(placed: Placed): number {
  return placed.height + gapLine(placed);
}

interface LineProps {
  placed: Placed;
  chosen: boolean;
  found: boolean;
  size: number;
  position: number;
  line: number;
  onChoose(item: Item): void;
  gap: ComponentChildren;
  children: ComponentChildren;
}

function Line({ placed, chosen, found, size, position, line, onChoose, gap, children }: LineProps) {
  const { item } = placed;
  const classes = ["packet", chosen && "chosen", found && "found"].filter(Boolean);
  return (
    <div
      class={classes.join(" ")}
      id={`packet-${item.index}`}
      role="option"
      aria-selected={chosen}
      aria-setsize={size}
      aria-posinset={position}
      onClick={() => onChoose(item)}
      style={{ top: `${(placed.top - gapLine(placed)) * line}px`, height: `${boxLines(placed) * line}px` }}
    >
      {gap}
      <span class="sign">
        {item.trouble ? "!" : ""}
        {found ? "▸" : ""}
      </span>
      {children}
    </div>
  );
}
