// The fields of a section as a tree: arrows move, Right opens, Left closes. The chosen field is that of the bytes
// pane. Letters do not jump: they step through the packets. Tested in test/viewer-packet.test.mjs.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isFree } from "./keys";
import type { Node, Tree } from "./nodes";
import { type Metrics, reveal, useView } from "./window";

interface Props {
  tree: Tree;
  chosen: Node | null;
  onChoose(node: Node): void;
  onHover(node: Node | null): void;
  metrics: Metrics;
}

/** Rows drawn beyond those in sight. */
const MORE = 10;

/** Which fields are open at first: the outermost, unless there are very many. */
function openAtFirst(tree: Tree): Set<number> {
  return new Set(tree.roots.length <= 40 ? tree.roots.map((node) => node.id) : []);
}

function visibleNodes(nodes: Node[], open: Set<number>, into: Node[] = []): Node[] {
  for (const node of nodes) {
    into.push(node);
    if (open.has(node.id)) visibleNodes(node.children, open, into);
  }
  return into;
}

export function Fields({ tree, chosen, onChoose, onHover, metrics }: Props) {
  const pane = useRef<HTMLDivElement>(null);
  const view = useView(pane, true);
  const [state, setState] = useState({ tree, open: openAtFirst(tree) });
  const open = useMemo(() => {
    const own = state.tree === tree ? state.open : openAtFirst(tree);
    const around = new Set(own);
    for (let at = chosen?.parent ?? null; at; at = at.parent) around.add(at.id);
    return around;
  }, [state, tree, chosen]);
  const visible = useMemo(() => visibleNodes(tree.roots, open), [tree, open]);
  const active = chosen && visible.includes(chosen) ? chosen : (visible[0] ?? null);
  const at = active ? visible.indexOf(active) : -1;
  const { line } = metrics;

  // The focus follows the chosen field, where the tree has the focus.
  useEffect(() => {
    const element = pane.current;
    if (!element || !chosen) return;
    reveal(element, at * line, line);
    if (element.contains(document.activeElement))
      document.getElementById(idOf(chosen))?.focus({ preventScroll: true });
  }, [chosen, at]);

  const setOpen = (nodes: Node[], isOpen: boolean) => {
    const next = new Set(open);
    nodes.forEach((node) => (isOpen ? next.add(node.id) : next.delete(node.id)));
    // What is closed over the chosen field chooses the field that was closed.
    if (!isOpen && chosen && nodes.some((node) => isInside(chosen, node))) onChoose(nodes[0]!);
    setState({ tree, open: next });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!active || !isFree(event)) return;
    const go = (node: Node | null | undefined) => node && onChoose(node);
    const isOpen = open.has(active.id) && active.children.length > 0;
    switch (event.key) {
      case "ArrowDown":
        go(chosen ? visible[at + 1] : active);
        break;
      case "ArrowUp":
        go(visible[at - 1]);
        break;
      case "Home":
        go(visible[0]);
        break;
      case "End":
        go(visible.at(-1));
        break;
      case "PageDown":
        go(visible[Math.min(at + 10, visible.length - 1)]);
        break;
      case "PageUp":
        go(visible[Math.max(at - 10, 0)]);
        break;
      case "ArrowRight":
        if (isOpen) go(active.children[0]);
        else if (active.children.length > 0) setOpen([active], true);
        break;
      case "ArrowLeft":
        if (isOpen) setOpen([active], false);
        else go(active.parent);
        break;
      case "Enter":
      case " ":
        onChoose(active);
        setOpen([active], !isOpen);
        break;
      case "*":
        setOpen(active.parent?.children ?? tree.roots, true);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const first = Math.max(0, Math.floor(view.top / line) - MORE);
  const last = Math.ceil((view.top + view.height) / line) + MORE;
  const places = visible.slice(first, last).map((_, index) => first + index);
  // The field that has the focus stays in the document when it is scrolled away.
  if (active && (at < first || at >= last)) places.push(at);
  return (
    <div class="fields" ref={pane} onMouseLeave={() => onHover(null)}>
      <div
        class="space"
        role="tree"
        aria-label="fields"
        onKeyDown={onKeyDown}
        style={{ height: `${visible.length * line}px` }}
      >
        {places.map((place) => {
          const node = visible[place]!;
          const isOpen = open.has(node.id);
          return (
            <Row
              key={node.id}
              node={node}
              top={place * line}
              open={isOpen}
              chosen={node === chosen}
              active={node === active}
              onChoose={onChoose}
              onHover={onHover}
              onToggle={() => setOpen([node], !isOpen)}
            />
          );
        })}
      </div>
    </div>
  );
}

export function idOf(node: Node): string {
  return `field-${node.id}`;
}

function isInside(node: Node, around: Node): boolean {
  for (let at = node.parent; at; at = at.parent) if (at === around) return true;
  return false;
}

interface RowProps {
  node: Node;
  top: number;
  open: boolean;
  chosen: boolean;
  active: boolean;
  onChoose(node: Node): void;
  onHover(node: Node): void;
  onToggle(): void;
}

function Row({ node, top, open, chosen, active, onChoose, onHover, onToggle }: RowProps) {
  const { field } = node;
  const branch = node.children.length > 0;
  const value = field.value === null ? "" : `${field.value}`;
  return (
    <div
      class={`field${chosen ? " chosen" : ""}${field.computed ? " computed" : ""}`}
      role="treeitem"
      id={idOf(node)}
      tabIndex={active ? 0 : -1}
      aria-level={node.depth + 1}
      aria-setsize={node.siblings}
      aria-posinset={node.position}
      aria-selected={chosen}
      aria-expanded={branch ? open : undefined}
      style={{ top: `${top}px` }}
      onClick={() => onChoose(node)}
      onDblClick={() => branch && onToggle()}
      onMouseEnter={() => onHover(node)}
    >
      <span class="indent" style={{ width: `${Math.min(node.depth, 12) * 1.5}ch` }} />
      <span
        class="twisty"
        aria-hidden="true"
        onClick={(event) => {
          if (!branch) return;
          event.stopPropagation();
          onToggle();
        }}
      >
        {branch ? (open ? "▾" : "▸") : ""}
      </span>
      {field.computed && "["}
      <bdi class="name">{field.name}</bdi>
      {value !== "" && (
        <>
          : <bdi class="value">{value}</bdi>
        </>
      )}
      {field.computed && "]"}
      {!field.complete && <span class="cut"> ✂ reading broke off here</span>}
      {field.comment !== null && <bdi class="comment">{field.comment}</bdi>}
    </div>
  );
}
