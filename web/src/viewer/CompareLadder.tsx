// Two ladders side by side, line by line: what is the same on both sides stands in one line, and a sign says what is
// not. Where there is no room for two, they share one column. Tested in test/viewer-compare.test.mjs.

import { useEffect, useMemo, useRef } from "preact/hooks";
import { type Item, meaning, type Pairing, type Story } from "../story";
import { formOf, type LadderForm } from "./form";
import { Hosts } from "./Hosts";
import { LadderLine } from "./LadderLine";
import { firstAbove, linesOf, type Placed } from "./layout";
import { type Metrics, reveal, useView } from "./window";

interface Props {
  /** The own story and the other one; the other is drawn first. */
  stories: [own: Story, other: Story];
  names: [own: string, other: string];
  lines: Pairing[];
  at: number;
  onChoose(line: Pairing): void;
  query: string;
  found: Set<number>;
  metrics: Metrics;
}

const MORE = 12;
/** Characters of the sign between the two. */
const SIGN = 3;
/** Below this width, in characters, the two share one column. */
const SHARED = 110;

interface Line {
  pairing: Pairing;
  own: Placed | null;
  other: Placed | null;
  top: number;
  height: number;
}

function placeOf(item: Item | null, form: LadderForm): Placed | null {
  if (!item) return null;
  const lines = linesOf(item, form.room);
  return { item, gapMs: null, lines, top: 0, height: lines.length + (form.stacked ? 1 : 0) };
}

function placeAll(pairings: Pairing[], forms: [LadderForm, LadderForm], shared: boolean): Line[] {
  let top = 0;
  return pairings.map((pairing) => {
    const own = placeOf(pairing.own, forms[0]);
    // In one column, what is the same is drawn once.
    const other = shared && pairing.sign === "=" ? null : placeOf(pairing.other, forms[1]);
    const heights = [own?.height ?? 0, other?.height ?? 0] as const;
    const line = { pairing, own, other, top, height: shared ? heights[0] + heights[1] : Math.max(...heights) };
    top += line.height;
    return line;
  });
}

export function CompareLadder({ stories, names, lines, at, onChoose, query, found, metrics }: Props) {
  const pane = useRef<HTMLDivElement>(null);
  const view = useView(pane);
  const { ch, line } = metrics;
  const shared = view.width / ch < SHARED;
  const width = shared ? view.width - SIGN * ch : (view.width - SIGN * ch) / 2;
  const forms = useMemo(
    () =>
      [0, 1].map((side) => {
        const items = lines.flatMap((one) => (side === 0 ? one.own : one.other) ?? []);
        return formOf(stories[side]!, items, width, metrics);
      }) as [LadderForm, LadderForm],
    [lines, width, metrics],
  );
  const all = useMemo(
    () => (view.width > 0 ? placeAll(lines, forms, shared) : []),
    [lines, forms, shared, view.width],
  );
  const total = all.length > 0 ? all.at(-1)!.top + all.at(-1)!.height : 0;
  const active = all[at] ?? null;
  useEffect(() => {
    if (active && pane.current) reveal(pane.current, active.top * line, active.height * line);
  }, [at, all, line, view.height]);
  const first = Math.max(0, firstAbove(all, view.top / line - MORE, (one) => one.top) - 1);
  const last = firstAbove(all, (view.top + view.height) / line + MORE, (one) => one.top);
  const shown = all.slice(first, last);
  if (active && (at < first || at >= last)) shown.push(active);
  const side = (which: 0 | 1, placed: Placed | null) => (
    <div class={`side${forms[which].stacked ? " stacked" : ""}`}>
      {placed && <LadderLine story={stories[which]} placed={placed} form={forms[which]} query={query} />}
    </div>
  );
  return (
    <div
      class={`ladder compared${shared ? " shared" : ""}`}
      ref={(element) => {
        element?.style.setProperty("--numbers", `${Math.max(forms[0].numbers, forms[1].numbers)}ch`);
        element?.style.setProperty("--clock", `${Math.max(forms[0].clock, forms[1].clock)}ch`);
      }}
    >
      <div class="ladder-head" aria-hidden="true">
        <span class="sign" />
        {(shared ? ([0] as const) : ([1, 0] as const)).map((which) => (
          <div class="side" key={which}>
            <bdi class="side-name">{shared ? "" : names[which]}</bdi>
            {forms[which].streams && <span class="stream" />}
            {forms[which].arrivals && <span class="time" />}
            <Hosts story={stories[which]} columns={forms[which].columns} step={forms[which].step} />
          </div>
        ))}
      </div>
      <div
        class="lines"
        ref={pane}
        role="listbox"
        tabIndex={0}
        aria-label="packets of both sides"
        aria-activedescendant={active ? `pair-${at}` : undefined}
      >
        <div class="space" role="presentation" style={{ height: `${total * line}px` }}>
          {shown.map((one) => {
            const index = one === active ? at : firstAbove(all, one.top, (other) => other.top) - 1;
            return (
              <div
                key={index}
                id={`pair-${index}`}
                role="option"
                aria-selected={one === active}
                aria-setsize={all.length}
                aria-posinset={index + 1}
                onClick={() => onChoose(one.pairing)}
                class={classes(one, one === active, found.has(index))}
                style={{ top: `${one.top * line}px`, height: `${one.height * line}px` }}
              >
                <span class="sign">
                  <span class="unseen-text">{meaning(one.pairing.sign, names)}: </span>
                  <span aria-hidden="true">{one.pairing.sign === "=" ? "" : one.pairing.sign}</span>
                </span>
                {(!shared || one.other) && side(1, one.other)}
                {(!shared || one.own) && side(0, one.own)}
              </div>
            );
          })}
        </div>
        {lines.length === 0 && (
          <p class="nothing" role="presentation">
            no packets: a filter hides them all
          </p>
        )}
      </div>
    </div>
  );
}

function classes({ pairing }: Line, chosen: boolean, found: boolean): string {
  const kind = { "=": "same", "≠": "another", "−": "other-only", "+": "own-only" }[pairing.sign];
  return ["packet", `pair-${kind}`, chosen && "chosen", found && "found"].filter(Boolean).join(" ");
}
