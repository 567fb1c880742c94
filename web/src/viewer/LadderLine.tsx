// One packet in the ladder: number, times, arrow, what it says, and the notes beside it.

import { type Item, layerClass, type Story, topLayer } from "../story";
import { arrowOf } from "./columns";
import type { LadderForm } from "./form";
import type { Placed, TextLine } from "./layout";
import { duration, milliseconds } from "./words";
import { Wire } from "./Wire";

interface Props {
  story: Story;
  placed: Placed;
  form: LadderForm;
  query: string;
}

export function LadderLine({ story, placed, form, query }: Props) {
  const { item, lines, height } = placed;
  const { columns, step, line, stacked } = form;
  const label = form.streams && item.row.transport !== null ? `${item.row.transport} ${item.row.stream}` : "";
  return (
    <>
      <span class="number">{item.frame}</span>
      {form.streams && <span class="stream">{label}</span>}
      <span class="time">{item.row.journey && !sent(item) ? "" : milliseconds(item.ms)}</span>
      {form.arrivals && <span class="time">{arrival(item)}</span>}
      <span class="unseen-text">{ways(story, item)}</span>
      <Wire
        arrow={arrowOf(story, item, columns)}
        count={columns.names.length}
        step={step}
        line={line}
        height={stacked ? line : height * line}
        layer={topLayer(item.row)}
        madeUp={item.row.madeUp}
      />
      <span class="says">
        {lines.map((one, index) => (
          <Says key={index} line={one} before={lines[index - 1]} query={query} />
        ))}
      </span>
      {form.payload && <span class="payload">{item.row.payload || ""}</span>}
    </>
  );
}

/** The line before a packet that says how long nothing happened. */
export function Gap({ placed, form }: { placed: Placed; form: LadderForm }) {
  if (placed.gapMs === null) return null;
  const { columns, step, line } = form;
  const passed = <span class="passed">{duration(placed.gapMs)}</span>;
  const rails = (
    <Wire arrow={null} count={columns.names.length} step={step} line={line} height={line} layer="" quiet />
  );
  if (form.stacked)
    return (
      <span class={`gap${form.arrivals ? " two-times" : ""}`}>
        {passed}
        {rails}
      </span>
    );
  return (
    <span class="gap">
      <span class="sign" />
      <span class="number" />
      {form.streams && <span class="stream" />}
      <span class="time">⋮</span>
      {form.arrivals && <span class="time" />}
      {rails}
      {passed}
    </span>
  );
}

function Says({ line, before, query }: { line: TextLine; before: TextLine | undefined; query: string }) {
  if (line.layer === null) {
    return (
      <span class={`line note${line.trouble ? " trouble" : ""}`}>
        <bdi>
          <Found text={line.text} query={query} />
        </bdi>
      </span>
    );
  }
  const again = before?.layer === line.layer;
  return (
    <span class="line">
      <span class={`layer ${layerClass(line.layer)}`}>{again ? "" : line.layer}</span>
      <bdi>
        <Found text={line.text} query={query} />
      </bdi>
    </span>
  );
}

/** Text, with what was searched for marked in it. */
export function Found({ text, query }: { text: string; query: string }) {
  const wanted = query.trim().toLowerCase();
  const small = text.toLowerCase();
  // Small letters can be longer than capitals: then places would be wrong, and nothing is marked.
  if (wanted === "" || small.length !== text.length || !small.includes(wanted)) return <>{text}</>;
  const parts = [];
  let from = 0;
  for (let at = small.indexOf(wanted); at >= 0 && parts.length < 50; at = small.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  return (
    <>
      {parts}
      {text.slice(from)}
    </>
  );
}

function sent(item: Item): boolean {
  return item.row.journey?.stops[0]?.sent ?? true;
}

/** When it arrived; of a packet whose sender was not seen, when it was first seen. */
function arrival(item: Item): string {
  if (item.arrivedMs !== null) return milliseconds(item.arrivedMs);
  return item.row.journey && !sent(item) ? milliseconds(item.ms) : "";
}

/** From whom to whom, for those who do not see the arrow. */
function ways(story: Story, item: Item): string {
  const end = item.fate === "lost" ? ", lost" : item.fate === "missing" ? ", not seen again" : "";
  const passed = item.via
    .slice(1, -1)
    .map((host) => story.hosts[host]?.name)
    .filter(Boolean);
  const via = passed.length > 0 ? ` by ${passed.join(", ")}` : "";
  return `${item.row.from} to ${item.row.to}${via}${end}: `;
}
