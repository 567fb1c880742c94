// What can be done to a packet and to a bit of it in the viewer: each is a breakage of the next run.
// Tested in test/live-break.test.mjs.

import type { Actions } from "../viewer";
import type { Item, Section } from "../story";
import { type Breakage, sameBreakage } from "./breakage";
import type { Session } from "./session";

/** The section whose bits the program can invert. */
const PACKET = "IP packet";
/** Milliseconds by which a packet is held back at first. */
const DELAY = 100;

interface Action {
  label: string;
  key?: string;
  run(): void;
}

/** A breakage that is not there yet is offered, one that is there can be mended. */
function toggle(session: Session, breakage: Breakage, labels: [make: string, mend: string], key?: string): Action {
  const at = session.state.settings.breakages.findIndex((one) => sameBreakage(one, breakage));
  const label = at < 0 ? labels[0] : labels[1];
  const run = () => (at < 0 ? session.break(breakage) : session.mend(at));
  return key === undefined ? { label, run } : { label, key, run };
}

export function actionsOf(session: Session): Actions {
  return {
    packet: (item) => packetActions(session, item),
    bit: (item, section, bit) => bitActions(session, item, section, bit),
  };
}

function packetActions(session: Session, item: Item): Action[] {
  const { frame, row } = item;
  const actions = [toggle(session, { kind: "drop", frame }, ["Drop this packet", "Let this packet through"], "d")];
  const { breakages } = session.state.settings;
  if (!breakages.some((one) => one.kind === "delay" && one.frame === frame)) {
    actions.push({
      label: `Delay it by ${DELAY} ms`,
      key: "l",
      run: () => session.break({ kind: "delay", frame, ms: DELAY }),
    });
  }
  const server = session.state.run?.source.story.conversations.find(
    ({ transport, stream, at }) => transport === row.transport && stream === row.stream && (at ?? row.at) === row.at,
  )?.server;
  if (server !== undefined) {
    actions.push(toggle(session, { kind: "close", place: server }, [`Close ${server}`, `Open ${server} again`]));
  }
  return actions;
}

function bitActions(session: Session, item: Item, section: Section, bit: number): Action[] {
  if (section.what !== PACKET) return [];
  const breakage: Breakage = { kind: "flip", frame: item.frame, bit };
  return [toggle(session, breakage, [`Flip bit ${bit}`, `Flip bit ${bit} back`])];
}
