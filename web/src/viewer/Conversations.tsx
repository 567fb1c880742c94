// The conversations to choose from: as buttons where they are few, in a list where they are many or at several
// capture points.

import { type Conversation, keyOfConversation, type Story } from "../story";
import { count, duration, several } from "./words";

interface Props {
  story: Story;
  chosen: string;
  onChoose(key: string): void;
}

/** Buttons at the most. */
const FEW = 5;
/** Conversations in the list at the most. */
const MOST = 2000;

export function Conversations({ story, chosen, onChoose }: Props) {
  const { conversations, points } = story;
  if (conversations.length === 0) return null;
  const current = chosen === "" ? null : conversations.find((one) => keyOfConversation(story, one) === chosen);
  const listed = conversations.slice(0, MOST);
  const more = conversations.length - listed.length;
  const few = points.length === 0 && conversations.length <= FEW;
  return (
    <section class="conversations" aria-labelledby="conversations-title">
      <h2 id="conversations-title">Conversations</h2>
      {few ? (
        <div class="chips" role="group" aria-label="conversation">
          <Chip name="all" on={chosen === ""} onClick={() => onChoose("")} />
          {conversations.map((one) => {
            const key = keyOfConversation(story, one);
            return (
              <Chip
                key={key}
                name={`${one.transport} ${one.stream}`}
                what={one.protocol}
                on={key === chosen}
                onClick={() => onChoose(key === chosen ? "" : key)}
              />
            );
          })}
        </div>
      ) : (
        <select aria-label="conversation" value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
          <option value="">all {count(conversations.length)}</option>
          {points.length === 0
            ? listed.map((one) => <Choice key={keyOfConversation(story, one)} story={story} of={one} />)
            : points.map((point) => (
                <optgroup key={point.at} label={`at ${point.at}: ${several(point.packets, "packet")}`}>
                  {listed
                    .filter((one) => one.at === point.at)
                    .map((one) => (
                      <Choice key={keyOfConversation(story, one)} story={story} of={one} />
                    ))}
                </optgroup>
              ))}
          {more > 0 && (
            <option disabled>… and {count(more)} more: --host, --port or --stream in the flags choose some</option>
          )}
        </select>
      )}
      {current && (
        <p class="about">
          <bdi>{about(current)}</bdi>
        </p>
      )}
    </section>
  );
}

function Chip({ name, what, on, onClick }: { name: string; what?: string; on: boolean; onClick(): void }) {
  return (
    <button type="button" class="chip" aria-pressed={on} onClick={onClick}>
      <bdi>{name}</bdi>
      {what && <bdi class="what">{what}</bdi>}
    </button>
  );
}

function Choice({ story, of }: { story: Story; of: Conversation }) {
  const spoken = [of.protocol, of.outcome].filter(Boolean).join(", ");
  return (
    <option value={keyOfConversation(story, of)}>{`${of.transport} ${of.stream}  ${endsOf(of)}  ${spoken}`}</option>
  );
}

function endsOf({ client, server, clientKnown }: Conversation): string {
  return `${client} ${clientKnown ? "→" : "↔"} ${server}`;
}

/** One conversation in a sentence. */
function about(of: Conversation): string {
  const [sent, received] = of.frames;
  const bytes = of.bytes[0] + of.bytes[1];
  const again = of.retransmissions[0] + of.retransmissions[1];
  return [
    endsOf(of),
    of.protocol,
    of.outcome,
    several(sent + received, "frame"),
    several(bytes, "byte"),
    duration(of.ms),
    again > 0 ? `${again} retransmitted` : "",
    of.lost > 0 ? `${of.lost} lost` : "",
    of.copies > 0 ? `${of.copies} copies` : "",
  ]
    .filter(Boolean)
    .join(", ");
}
