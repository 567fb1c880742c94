// What is broken in this run, in the order in which it was asked for; each can be mended, and all be taken back.
// Tested in test/live-break.test.mjs.

import { useState } from "preact/hooks";
import { type Breakage, delayOf, inWords, LONGEST_DELAY } from "./breakage";
import type { Session, State } from "./session";

/** What a frame number means here. */
const COUNTED = [
  "frame numbers count in the run as it is now broken",
  "What is dropped or closed changes what is sent after it, so a breakage of an earlier packet moves the later ones",
  "The order here is the order in which they were made",
];

export function Broken({ session, state }: { session: Session; state: State }) {
  const { breakages } = state.settings;
  const closed = breakages.map((one) => (one.kind === "close" ? one.place : null));
  const servers = portsOf(state).filter((place) => !closed.includes(place));
  return (
    <div class="lv-row lv-broken" role="group" aria-label="What is broken">
      <span class="lv-head">Broken</span>
      {breakages.length === 0 && (
        <span class="lv-hint">nothing; choose a packet to drop or delay it, a byte to flip a bit</span>
      )}
      <ol class="lv-chips">
        {breakages.map((one, index) => (
          <Chip key={index} session={session} all={breakages} one={one} index={index} />
        ))}
      </ol>
      {breakages.length > 0 && <small title={COUNTED.join(". ")}>{COUNTED[0]}</small>}
      {servers.length > 0 && (
        <select
          aria-label="Close a port"
          value=""
          onChange={({ currentTarget }) => session.break({ kind: "close", place: currentTarget.value })}
        >
          <option value="">close a port …</option>
          {servers.map((place) => (
            <option key={place} value={place}>
              {place}
            </option>
          ))}
        </select>
      )}
      <button type="button" disabled={!state.canUndo} onClick={() => session.undo()}>
        Undo
      </button>
    </div>
  );
}

interface ChipProps {
  session: Session;
  all: Breakage[];
  one: Breakage;
  index: number;
}

function Chip({ session, all, one, index }: ChipProps) {
  // What is typed stays while a run ends, and counts when it is finished.
  const [typed, setTyped] = useState<string | null>(null);
  const delay = (ms: number) =>
    session.change(
      { breakages: all.map((other, i) => (i === index ? ({ ...one, ms } as Breakage) : other)) },
      "delay",
    );
  return (
    <li class="lv-chip">
      {one.kind === "delay" ? (
        <label>
          delay frame {one.frame} by
          <input
            type="number"
            min={0}
            max={LONGEST_DELAY}
            step={50}
            value={typed ?? one.ms}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            onChange={({ currentTarget }) => {
              setTyped(null);
              delay(delayOf(currentTarget.value));
            }}
          />
          ms
        </label>
      ) : (
        <bdi>{inWords(one)}</bdi>
      )}
      <button type="button" aria-label={`Mend: ${inWords(one)}`} onClick={() => session.mend(index)}>
        ×
      </button>
    </li>
  );
}

/** Most ports that are offered. */
const MOST = 30;

/** The servers' ports that the run shows. */
function portsOf(state: State): string[] {
  const conversations = state.run?.source.story.conversations ?? [];
  const servers = conversations.filter(({ clientKnown }) => clientKnown).map(({ server }) => server);
  return [...new Set(servers)].slice(0, MOST);
}
