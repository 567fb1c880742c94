// The chosen packet: what it is, where it was seen, and its sections, each with its fields and its bytes.

import { useEffect, useState } from "preact/hooks";
import { type Item, layerClass, type Row } from "../story";
import type { Actions } from "./actions";
import { Bits } from "./Bits";
import { Bytes } from "./Bytes";
import { Fields } from "./Fields";
import { type Node, nodeOfByte, pathOf, placeOf, ruleOf, type Tree } from "./nodes";
import { type Loaded, type Packet } from "./packet";
import { Tabs } from "./Tabs";
import type { Metrics } from "./window";
import { milliseconds, several } from "./words";

interface Props {
  item: Item;
  row: Row;
  onSighting(row: Row): void;
  loaded: Loaded;
  packet: Packet;
  /** In a comparison: the sections of the packet on the other side. */
  others: Tree[] | null;
  actions: Actions | undefined;
  metrics: Metrics;
}

export function PacketPane({ item, row, onSighting, loaded, packet, others, actions, metrics }: Props) {
  return (
    <section class="packet-pane" aria-labelledby="packet-title">
      <h2 id="packet-title">
        Frame {row.frame}{" "}
        <span class="facts">
          {milliseconds(row.ms)} ms, <bdi>{row.from}</bdi> → <bdi>{row.to}</bdi>, {several(row.payload, "byte")} of
          payload
        </span>
      </h2>
      {item.rows.length > 1 && (
        <label class="sighting">
          seen{" "}
          <select
            value={String(item.rows.indexOf(row))}
            onChange={(event) => {
              const chosen = item.rows[Number(event.currentTarget.value)];
              if (chosen) onSighting(chosen);
            }}
          >
            {item.rows.map((one, index) => (
              <option key={index} value={String(index)}>
                at {one.at ?? "no capture point"}, frame {one.frame}, {milliseconds(one.ms)} ms
              </option>
            ))}
          </select>
        </label>
      )}
      <Messages row={row} />
      {actions?.packet && (
        <div class="actions" role="group" aria-label="break this packet">
          {actions.packet(item).map((action, index) => (
            <button type="button" class="action" key={index} onClick={action.run}>
              {action.label}
              {action.key && <kbd>{action.key}</kbd>}
            </button>
          ))}
        </div>
      )}
      <Sections item={item} loaded={loaded} packet={packet} others={others} actions={actions} metrics={metrics} />
    </section>
  );
}

function Messages({ row }: { row: Row }) {
  // A list that may have to be scrolled can have the focus.
  const tabIndex = row.messages.length + row.notes.length > 2 ? 0 : undefined;
  return (
    <ul class="messages" tabIndex={tabIndex} aria-label="what it says">
      {row.messages.slice(0, 40).map((message, index) => (
        <li key={index}>
          <span class={`layer ${layerClass(message.layer)}`}>{message.layer}</span>
          <bdi>
            {message.encrypted ? "▒ " : ""}
            {message.says}
          </bdi>
        </li>
      ))}
      {row.notes.slice(0, 40).map((note, index) => (
        <li key={`note ${index}`} class={`note${note.trouble ? " trouble" : ""}`}>
          <span class="layer">↳</span>
          <bdi>
            {note.says}
            {note.rule ? ` [${note.rule}]` : ""}
          </bdi>
        </li>
      ))}
    </ul>
  );
}

type SectionsProps = Pick<Props, "item" | "loaded" | "packet" | "others" | "actions" | "metrics">;

function Sections({ item, loaded, packet, others, actions, metrics }: SectionsProps) {
  const [hovered, setHovered] = useState<Node | null>(null);
  const { tree, chosen } = packet;
  // What is chosen by a key is said, wherever the pointer rests.
  useEffect(() => setHovered(null), [chosen]);
  if (loaded.error !== null && !loaded.busy)
    return (
      <p class="nothing" role="status">
        <bdi>{loaded.error}</bdi>
      </p>
    );
  if (!loaded.details)
    return (
      <p class="nothing" role="status">
        reading the fields …
      </p>
    );
  if (!tree) {
    const why = item.row.madeUp ? ": it was made up from what the program did, and was never on a wire" : "";
    return <p class="nothing">there are no bytes of this packet{why}</p>;
  }
  const { error } = tree.section;
  const bit = chosen.bit ?? (chosen.byte === null ? null : chosen.byte * 8);
  const over = hovered && tree.all[hovered.id] === hovered ? hovered : null;
  const other = others ? counterpart(packet.trees, chosen.section, others) : null;
  return (
    <>
      <Tabs
        label="sections"
        chosen={chosen.section}
        onChoose={packet.chooseSection}
        names={packet.trees.map((one) => `${one.section.what} (${one.section.data.length || one.section.bytes})`)}
      />
      <div
        class={`linked${loaded.busy ? " busy" : ""}`}
        role="tabpanel"
        aria-label={tree.section.what}
        aria-busy={loaded.busy}
      >
        {error && (
          <p class="stopped">
            Reading stopped at byte {error.offset}: <bdi>{error.message}</bdi>
            {error.rule && (
              <>
                {" "}
                [<bdi>{error.rule}</bdi>]
              </>
            )}
          </p>
        )}
        <Fields
          tree={tree}
          chosen={chosen.node}
          onChoose={packet.chooseNode}
          onHover={setHovered}
          metrics={metrics}
        />
        <Bytes
          tree={tree}
          chosen={chosen.node}
          byte={chosen.byte}
          hovered={over}
          other={other}
          onChoose={packet.chooseByte}
          metrics={metrics}
          onHover={(byte) => setHovered(byte === null ? null : nodeOfByte(tree, byte))}
        />
        <Bits
          tree={tree}
          chosen={chosen.node}
          byte={chosen.byte}
          bit={chosen.bit}
          onChoose={packet.chooseBit}
          actions={bit === null ? [] : (actions?.bit?.(item, tree.section, bit) ?? [])}
        />
        <Status node={over ?? chosen.node} live={!over} byte={over ? null : chosen.byte} />
      </div>
    </>
  );
}

/** The bytes of the section of the same name, and of the same number among those, on the other side. */
function counterpart(trees: Tree[], index: number, others: Tree[]): Uint8Array | null {
  const what = trees[index]?.section.what;
  const number = trees.slice(0, index).filter((tree) => tree.section.what === what).length;
  return others.filter((tree) => tree.section.what === what)[number]?.section.data ?? new Uint8Array();
}

/** The place, the path and the meaning of the field under the caret or the pointer. */
function Status({ node, byte, live }: { node: Node | null; byte: number | null; live: boolean }) {
  const rule = node ? ruleOf(node) : null;
  const ownRule = node?.field.comment?.includes(rule ?? "\0") ?? false;
  return (
    <p class="status" role="status" aria-live={live ? "polite" : "off"}>
      {node ? (
        <>
          <span class="place">{placeOf(node)}</span> <bdi class="path">{pathOf(node).join(" › ")}</bdi>
          {node.field.value !== null && (
            <>
              {" "}
              = <bdi class="value">{node.field.value}</bdi>
            </>
          )}
          {node.field.comment !== null && (
            <span class="comment">
              {" "}
              <bdi>{node.field.comment}</bdi>
            </span>
          )}
          {rule !== null && !ownRule && <span class="rule"> [{rule}]</span>}
        </>
      ) : byte !== null ? (
        `byte ${byte}: no field names it`
      ) : (
        "choose a field or a byte"
      )}
    </p>
  );
}
