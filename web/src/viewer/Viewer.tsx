// The viewer of a story: conversations, time axis and ladder; where the time went; and of the chosen packet its
// fields, its bytes, and what both ends are in. With a second story it compares the two.
// Tested in test/viewer*.test.mjs.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Pairing, type Row, type Source, summary, UNSEEN } from "../story";
import type { Actions } from "./actions";
import { Filters, Find } from "./Bar";
import { Bars } from "./Bars";
import { useChoice } from "./choice";
import { CompareLadder } from "./CompareLadder";
import { Conversations } from "./Conversations";
import { Ends } from "./Ends";
import { Head } from "./Head";
import { Help } from "./Help";
import { type Command, commandOf, isFree } from "./keys";
import { Ladder } from "./Ladder";
import { Look } from "./Look";
import { treeOf } from "./nodes";
import { Overview } from "./Overview";
import { useDetails, usePacket } from "./packet";
import { PacketPane } from "./PacketPane";
import { Tabs } from "./Tabs";
import { TextView } from "./TextView";
import { useMetrics } from "./window";

export interface ViewerProps {
  source: Source;
  actions?: Actions;
  /** Given: the story is compared with this one, which is drawn before it. */
  other?: Source;
  /** Whether single keys do something; the reader can switch them off. */
  keys?: boolean;
  /** The packet to begin with; a new number chooses another. It is a wish: `onFrame` must not be fed back into it. */
  frame?: number | null;
  onFrame?(frame: number): void;
  /** What the two sides of a comparison are called: the story, and the other one. */
  names?: [own: string, other: string];
}

const NAMES: [string, string] = ["this", "the other"];
/** In a comparison the other story is drawn first, as what was before. */
const DRAWN = [1, 0] as const;
const PAGE = 10;

export function Viewer({ source, actions, other, keys = true, frame = null, onFrame, names = NAMES }: ViewerProps) {
  const { story } = source;
  const [probe, metrics] = useMetrics();
  const choice = useChoice(story, other?.story ?? null, frame);
  const { lines, at, line, choose } = choice;
  const [keysOn, setKeysOn] = useState(keys);
  const [help, setHelp] = useState(false);
  const [text, setText] = useState(false);
  const [side, setSide] = useState<0 | 1>(0);
  const [sighting, setSighting] = useState<number | null>(frame);
  const find = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (frame === null) return;
    choice.chooseFrame(frame);
    setSighting(frame);
  }, [frame]);

  // The packet that is looked at: of the chosen line one side, and of that one sighting.
  const shownSide: 0 | 1 = line && !(side === 0 ? line.own : line.other) ? (side === 0 ? 1 : 0) : side;
  const item = line ? (shownSide === 0 ? line.own : line.other) : null;
  const row: Row | null = item ? (item.rows.find((one) => one.frame === sighting) ?? item.row) : null;
  const ownSource = shownSide === 0 ? source : other!;
  const loaded = useDetails(row ? ownSource : null, row?.frame ?? null);
  const packet = usePacket(loaded.details);
  const across = line && other ? (shownSide === 0 ? line.other : line.own) : null;
  const acrossLoaded = useDetails(across ? (shownSide === 0 ? other! : source) : null, across?.frame ?? null);
  const others = useMemo(() => acrossLoaded.details?.sections.map(treeOf) ?? null, [acrossLoaded.details]);

  useEffect(() => {
    if (row) onFrame?.(row.frame);
  }, [row?.frame]);

  const jump = (index: number) => choose(lines[Math.min(Math.max(index, 0), lines.length - 1)]);
  const seek = (places: number[], by: 1 | -1) => {
    const next =
      by > 0
        ? (places.find((place) => place > at) ?? places[0])
        : (places.findLast((place) => place < at) ?? places.at(-1));
    if (next !== undefined) jump(next);
  };
  const troubles = () =>
    lines.flatMap((one, index) => (one.sign !== "=" || one.own?.trouble || one.other?.trouble ? [index] : []));
  const ladder = () => root.current?.querySelector<HTMLElement>("[role=listbox]");
  const commands: Record<Command, () => void> = {
    next: () => jump(at + 1),
    previous: () => jump(at - 1),
    first: () => jump(0),
    last: () => jump(lines.length - 1),
    pageDown: () => jump(at + PAGE),
    pageUp: () => jump(at - PAGE),
    find: () => {
      setText(false);
      find.current?.focus();
      find.current?.select();
    },
    nextMatch: () => seek(choice.found, 1),
    previousMatch: () => seek(choice.found, -1),
    filter1: () => choice.toggleLayer(1),
    filter2: () => choice.toggleLayer(2),
    filter3: () => choice.toggleLayer(4),
    filter4: () => choice.toggleLayer(8),
    nextTrouble: () => seek(troubles(), 1),
    previousTrouble: () => seek(troubles(), -1),
    text: () => story.text !== null && setText(!text),
    help: () => setHelp(true),
  };
  const packetActions = item && shownSide === 0 ? (actions?.packet?.(item) ?? []) : [];
  const onKeyDown = (event: KeyboardEvent) => {
    if (document.querySelector("dialog[open]")) return;
    const command = commandOf(event);
    const own = isFree(event) ? packetActions.find((action) => action.key === event.key) : undefined;
    // Arrows in the ladder are not single letters: they stay when those are off.
    if ((!command && !own) || (!keysOn && event.key.length === 1)) return;
    event.preventDefault();
    if (own) own.run();
    else commands[command!]();
  };
  const latest = useRef(onKeyDown);
  latest.current = onKeyDown;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  const found = useMemo(() => new Set(choice.found), [choice.found]);
  const foundItems = useMemo(
    () => new Set(choice.found.map((place) => lines[place]!.own?.index ?? UNSEEN)),
    [choice.found, lines],
  );
  // What both ends are in is known of TCP and what it carries.
  const withEnds = story.conversations.some((one) => one.transport === "tcp");
  const stream: [string, number] | null =
    row && row.transport !== null && row.stream !== null ? [row.transport, row.stream] : null;
  const way: [string, string] = row ? [row.from, row.to] : ["client", "server"];
  const ends: [string, string] = row?.toServer === false ? [way[1], way[0]] : way;
  return (
    <div class={`viewer${other ? " compare" : ""}`} ref={root}>
      <span class="probe" ref={probe} aria-hidden="true">
        0000000000
      </span>
      <Head story={story} text={text} onText={commands.text} onHelp={commands.help} />
      {story.text !== null && (
        <pre class="printed" aria-hidden="true">
          {story.text}
        </pre>
      )}
      <div class="left">
        {other && (
          <p class="summary" role="status">
            {summary(lines, names)}
          </p>
        )}
        <Conversations story={story} chosen={choice.conversation} onChoose={choice.setConversation} />
        <section class="packets" aria-labelledby="packets-title">
          <h2 id="packets-title" class="unseen-text">
            Packets
          </h2>
          <div class="bar-row">
            <Filters on={choice.layers} onToggle={choice.toggleLayer} />
            <Troubles
              count={troubles().length}
              compared={other !== undefined}
              onSeek={(by) => seek(troubles(), by)}
            />
            <Find
              input={find}
              query={choice.query}
              onQuery={choice.setQuery}
              count={choice.found.length}
              at={choice.found.indexOf(at) + 1}
              onNext={(by) => seek(choice.found, by)}
              onLeave={() => ladder()?.focus()}
            />
          </div>
          {text && story.text !== null ? (
            <TextView text={story.text} />
          ) : (
            <>
              <Overview
                items={choice.items}
                chosen={line?.own ?? null}
                onChoose={(next) => choose(lines.find((one) => one.own === next))}
              />
              {other ? (
                <CompareLadder
                  stories={[story, other.story]}
                  names={names}
                  lines={lines}
                  at={at}
                  onChoose={choose}
                  query={choice.query}
                  found={found}
                  metrics={metrics}
                />
              ) : (
                <Ladder
                  story={story}
                  items={choice.items}
                  chosen={item}
                  query={choice.query}
                  found={foundItems}
                  metrics={metrics}
                  onChoose={(next) => choose(lines.find((one) => one.own === next))}
                />
              )}
              <Legend lines={lines} />
            </>
          )}
        </section>
        <div class="beneath">
          {other && (
            <>
              <Bars
                stream={stream}
                sides={DRAWN.map((which) => ({
                  story: which === 0 ? story : other.story,
                  nowMs: (which === 0 ? line?.own : line?.other)?.ms ?? null,
                  name: names[which],
                }))}
              />
              {story.look !== null && <Look text={story.look} />}
            </>
          )}
          {withEnds && (
            <Ends
              before={loaded.details?.before ?? null}
              after={loaded.details?.after ?? null}
              names={ends}
              busy={loaded.busy}
            />
          )}
        </div>
      </div>
      <div class="right">
        {!other && <Bars sides={[{ story, nowMs: row?.ms ?? null, name: null }]} stream={stream} />}
        {!other && story.look !== null && <Look text={story.look} />}
        {other && line?.own && line.other && (
          <Tabs
            label="side"
            names={DRAWN.map((which) => names[which])}
            chosen={DRAWN.indexOf(shownSide)}
            onChoose={(index) => setSide(DRAWN[index] ?? 0)}
          />
        )}
        {item && row ? (
          <PacketPane
            item={item}
            row={row}
            onSighting={(one) => setSighting(one.frame)}
            loaded={loaded}
            packet={packet}
            others={across && !acrossLoaded.busy ? others : null}
            actions={shownSide === 0 ? actions : undefined}
            metrics={metrics}
          />
        ) : (
          <p class="nothing">no packet is chosen</p>
        )}
      </div>
      <Help
        open={help}
        onClose={() => {
          setHelp(false);
          ladder()?.focus();
        }}
        keysOn={keysOn}
        onKeys={setKeysOn}
        more={packetActions}
      />
    </div>
  );
}

/** What the marks mean that are there. */
function Legend({ lines }: { lines: Pairing[] }) {
  const rows = lines.flatMap((line) => [line.own?.row ?? [], line.other?.row ?? []].flat());
  const says = [
    rows.some((row) => row.messages.some((message) => message.encrypted)) &&
      "▒ encrypted on the wire; named because the keys are there",
    rows.some((row) => row.madeUp) && "dashed: made up from what the program did, never on a wire",
  ].filter(Boolean);
  return says.length > 0 ? <p class="legend">{says.join("; ")}</p> : null;
}

/** Steps over what was lost or went wrong; in a comparison also over what differs. */
function Troubles({ count, compared, onSeek }: { count: number; compared: boolean; onSeek(by: 1 | -1): void }) {
  if (count === 0) return null;
  const what = compared ? "difference or trouble" : "loss or trouble";
  return (
    <div class="troubles" role="group" aria-label={what}>
      <button type="button" aria-label={`${what} before`} onClick={() => onSeek(-1)}>
        <kbd>[</kbd>
      </button>
      <span>{count} !</span>
      <button type="button" aria-label={`next ${what}`} onClick={() => onSeek(1)}>
        <kbd>]</kbd>
      </button>
    </div>
  );
}
