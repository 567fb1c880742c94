// The time axis: every packet is a tick at its time, above the line from the client, below it from the server.
// It is a slider over the packets.

import { useMemo, useRef } from "preact/hooks";
import { type Item, layerClass, topLayer } from "../story";
import { useView } from "./window";
import { milliseconds } from "./words";

interface Props {
  items: Item[];
  chosen: Item | null;
  onChoose(item: Item): void;
}

const HEIGHT = 34;
const MIDDLE = 17.5;
const TICK = 11;

export function Overview({ items, chosen, onChoose }: Props) {
  const pane = useRef<HTMLDivElement>(null);
  const { width } = useView(pane);
  const [start, end] = useMemo(() => endsOf(items), [items]);
  const total = Math.max(end - start, 0.001);
  const x = (ms: number) => 4 + Math.round(((ms - start) / total) * Math.max(width - 9, 1)) + 0.5;
  const ticks = useMemo(() => ticksOf(items, x), [items, width]);
  const at = chosen ? items.indexOf(chosen) : -1;
  const step = (by: number) => {
    const next = items[Math.min(Math.max(at + by, 0), items.length - 1)];
    if (next) onChoose(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
      PageUp: 10,
      PageDown: -10,
      Home: -Infinity,
      End: Infinity,
    }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    step(by);
  };
  const onClick = (event: MouseEvent) => {
    const box = pane.current!.getBoundingClientRect();
    const ms = start + ((event.clientX - box.left - 4) / Math.max(width - 9, 1)) * total;
    const nearest = items.reduce<Item | null>(
      (best, item) => (best && Math.abs(best.ms - ms) <= Math.abs(item.ms - ms) ? best : item),
      null,
    );
    if (nearest) onChoose(nearest);
  };
  return (
    <div
      class="overview"
      ref={pane}
      role="slider"
      tabIndex={0}
      aria-label="time"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(items.length - 1, 0)}
      aria-valuenow={Math.max(at, 0)}
      aria-valuetext={chosen ? `${milliseconds(chosen.ms)} ms, frame ${chosen.frame}` : "no packet"}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      {width > 0 && (
        <svg width={width} height={HEIGHT + 14} aria-hidden="true">
          <path class="axis" d={`M0 ${MIDDLE}H${width}`} />
          {[...ticks].map(([kind, d]) => (
            <path key={kind} class={`tick ${kind}`} d={d} />
          ))}
          {marksOf(total).map((ms) => (
            <g key={ms}>
              <path class="axis" d={`M${x(start + ms)} ${HEIGHT}v3`} />
              <text class="axis-text" x={x(start + ms)} y={HEIGHT + 12} text-anchor={anchorAt(x(start + ms), width)}>
                {axisText(start + ms)}
              </text>
            </g>
          ))}
          {chosen && at >= 0 && <path class="here" d={`M${x(chosen.ms)} 1V${HEIGHT + 1}m-4 0h8l-4 -6z`} />}
        </svg>
      )}
    </div>
  );
}

/** The first and the last time: the clock of a capture can go back. */
function endsOf(items: Item[]): [number, number] {
  const first = items[0]?.ms ?? 0;
  const widen = ([low, high]: [number, number], { ms }: Item): [number, number] => [
    Math.min(low, ms),
    Math.max(high, ms),
  ];
  return items.reduce(widen, [first, first]);
}

/** The text at a mark is not cut off at either edge. */
function anchorAt(x: number, width: number): "start" | "middle" | "end" {
  if (x < 26) return "start";
  return x > width - 26 ? "end" : "middle";
}

/** The ticks as one path a layer: one for each pixel, so that many packets are few marks. */
function ticksOf(items: Item[], x: (ms: number) => number): Map<string, string> {
  const seen = new Set<string>();
  const paths = new Map<string, string>();
  const put = (kind: string, d: string) => {
    if (seen.has(kind + d)) return;
    seen.add(kind + d);
    paths.set(kind, (paths.get(kind) ?? "") + d);
  };
  for (const item of items) {
    const at = x(item.ms);
    const up = item.row.toServer !== false;
    if (item.fate === "arrived") put(layerClass(topLayer(item.row)), `M${at} ${MIDDLE}v${up ? -TICK : TICK}`);
    else put("lost", `M${at - 3} ${MIDDLE + (up ? -9 : 3)}l6 6m0 -6l-6 6`);
  }
  return paths;
}

/** Round times for the axis, at most six. */
export function marksOf(total: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(total, 1e-3)));
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * power).find((one) => total / one <= 6) ?? 2 * power;
  return Array.from({ length: Math.min(Math.floor(total / step), 6) + 1 }, (_, index) => index * step);
}

function axisText(ms: number): string {
  if (Math.abs(ms) >= 10_000) return `${Number((ms / 1000).toPrecision(6))} s`;
  return `${Number(ms.toPrecision(6))} ms`;
}
