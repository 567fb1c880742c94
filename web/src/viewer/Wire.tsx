// The lines of the hosts beside an item, with the arrow of its packet: drawn in SVG, once for each item.

import { layerClass } from "../story";
import type { Arrow } from "./columns";

interface Props {
  arrow: Arrow | null;
  /** How many hosts have a line, and how far these are apart. */
  count: number;
  step: number;
  line: number;
  /** Height of the whole item. */
  height: number;
  layer: string;
  /** A packet that was never on a wire: drawn dashed. */
  madeUp?: boolean;
  /** Nothing happens: the lines of the hosts are dotted. */
  quiet?: boolean;
}

/** Where the line of a host is. */
export function xOf(place: number, step: number): number {
  return Math.round(step * (place + 0.5)) + 0.5;
}

export function Wire({ arrow, count, step, line, height, layer, madeUp = false, quiet = false }: Props) {
  const y = Math.round(line / 2) + 0.5;
  const x = (place: number) => xOf(place, step);
  const rails = Array.from({ length: count }, (_, host) => `M${x(host)} 0V${height}`).join("");
  return (
    <svg class="wire" width={step * count} height={height} aria-hidden="true">
      <path class={quiet ? "rail quiet" : "rail"} d={rails} />
      {arrow && (
        <g class={`arrow ${layerClass(layer)}${madeUp ? " made-up" : ""}`}>
          <Shaft arrow={arrow} x={x} y={y} />
        </g>
      )}
    </svg>
  );
}

function Shaft({ arrow, x, y }: { arrow: Arrow; x: (place: number) => number; y: number }) {
  const [from, to] = [x(arrow.from), x(arrow.to)];
  if (arrow.end === "dot") return <circle class="dot" cx={from} cy={y} r="4" />;
  const way = Math.sign(to - from) || 1;
  const until = arrow.end === "head" ? to - 8 * way : arrow.end === "cross" ? to : to - 7 * way;
  return (
    <>
      <path class="shaft" d={`M${from} ${y}H${until}`} />
      <circle class="sender" cx={from} cy={y} r="2.5" />
      {arrow.via.map((place) => (
        <circle class="via" key={place} cx={x(place)} cy={y} r="3.5" />
      ))}
      {arrow.end === "head" && <path class="head" d={`M${to - way} ${y}l${-9 * way} -4.5v9z`} />}
      {arrow.end === "cross" && <path class="cross" d={`M${to - 5} ${y - 5}l10 10m0 -10l-10 10`} />}
      {arrow.end === "question" && (
        <text class="question" x={to} y={y + 5} text-anchor="middle">
          ?
        </text>
      )}
    </>
  );
}
