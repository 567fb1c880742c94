// Where the time went: the phases of a request as bars on one time line, or in a scene the tree of waits. Two stories
// that are compared have one scale. Tested in test/viewer-compare.test.mjs.

import { useState } from "preact/hooks";
import type { Budget, Story, Wait } from "../story";
import { milliseconds, several } from "./words";

/** One story whose time is shown. */
interface Side {
  story: Story;
  /** When the chosen packet was sent. */
  nowMs: number | null;
  /** In a comparison: which side this is. */
  name: string | null;
}

interface Props {
  sides: Side[];
  /** The conversation of the chosen packet: its budget is shown. */
  stream: [transport: string, stream: number] | null;
}

interface Piece {
  depth: number;
  label: string;
  startMs: number;
  ms: number;
  ended: boolean;
  roundTrips: number | null;
}

/** What is shown of a side. */
interface Shown extends Side {
  choices: string[];
  /** The request of the chosen packet; -1 where there is none. */
  own: number;
  budget: Budget | null;
  pieces: Piece[];
  start: number;
  /** From the start of the first piece to the end of the last. */
  length: number;
}

/** Options of a select at the most. */
const MOST_CHOICES = 2000;

/** The bars of one story, or of two in one scale. */
export function Bars({ sides, stream }: Props) {
  const [wanted, setWanted] = useState<(number | null)[]>([]);
  const shown = sides.map((side, index) => shownOf(side, stream, wanted[index] ?? null));
  const total = Math.max(...shown.map((one) => one?.length ?? 0)) || 1;
  const choose = (index: number, next: number | null) =>
    setWanted(sides.map((_, at) => (at === index ? next : (wanted[at] ?? null))));
  return (
    <>
      {shown.map(
        (one, index) =>
          one && (
            <Chart
              key={index}
              of={one}
              total={total}
              wanted={wanted[index] ?? null}
              onWant={(next) => choose(index, next)}
            />
          ),
      )}
    </>
  );
}

function shownOf(side: Side, stream: Props["stream"], wanted: number | null): Shown | null {
  const { story, nowMs } = side;
  const scene = story.waits.length > 0;
  const choices = scene
    ? story.waits.slice(0, MOST_CHOICES).map(requestLabel)
    : story.budgets.slice(0, MOST_CHOICES).map(budgetLabel);
  if (choices.length === 0) return null;
  const isNow = ({ startMs, ms }: Wait) => nowMs !== null && startMs <= nowMs && nowMs <= startMs + ms;
  const own = scene
    ? story.waits.findIndex(isNow)
    : story.budgets.findIndex((budget) => stream && budget.streams.some((one) => one.join() === stream.join()));
  const index = wanted === null ? Math.max(own, 0) : Math.min(wanted, choices.length - 1);
  const budget = scene ? null : story.budgets[index]!;
  const pieces = budget ? budget.phases.map(phasePiece) : flatten(story.waits[index]!, 0, []);
  const start = Math.min(...pieces.map((piece) => piece.startMs));
  const length = Math.max(...pieces.map((piece) => piece.startMs + piece.ms)) - start;
  return { ...side, choices, own, budget, pieces, start, length };
}

interface ChartProps {
  of: Shown;
  /** Milliseconds that the whole width stands for. */
  total: number;
  wanted: number | null;
  onWant(index: number | null): void;
}

function Chart({ of, total, wanted, onWant }: ChartProps) {
  const { story, choices, own, budget, pieces } = of;
  const title = `Where the time went${of.name === null ? "" : `, ${of.name}`}`;
  return (
    <section class="budget" aria-label={title}>
      <h2>{title}</h2>
      {choices.length > 1 && (
        <select
          aria-label="request"
          value={wanted === null ? "" : String(wanted)}
          onChange={(event) => {
            const { value } = event.currentTarget;
            onWant(value === "" ? null : Number(value));
          }}
        >
          <option value="">
            {own >= 0 ? "that of the packet" : "the first"}: {ownLabel(story, Math.max(own, 0))}
          </option>
          {choices.map((text, at) => (
            <option key={at} value={String(at)}>
              {text}
            </option>
          ))}
        </select>
      )}
      <Table of={of} total={total} />
      {budget &&
        sums(budget).map((line) => (
          <p class="sum" key={line}>
            {line}
          </p>
        ))}
      {budget === null && pieces.some((piece) => piece.label.startsWith("unseen")) && (
        <p class="sum">unseen: these hosts have no capture point, so nobody knows what went on there</p>
      )}
    </section>
  );
}

function ownLabel({ waits, budgets }: Story, index: number): string {
  return waits.length > 0 ? requestLabel(waits[index]!) : budgetLabel(budgets[index]!, index);
}

function Table({ of, total }: { of: Shown; total: number }) {
  const { pieces, nowMs, start, length } = of;
  const trips = of.budget !== null;
  const percent = (ms: number) => `${Math.min(100, Math.max(0, ((ms - start) / total) * 100))}%`;
  const inside = nowMs !== null && nowMs >= start && nowMs <= start + (length || 1);
  return (
    <div class="pieces-pane" tabIndex={0} role="group" aria-label="pieces of the time">
      <table class="pieces">
        <thead class="unseen-text">
          <tr>
            <th>what</th>
            <th>milliseconds</th>
            <th>when</th>
            {trips && <th>round trips</th>}
          </tr>
        </thead>
        <tbody>
          {pieces.map((piece, index) => (
            <tr key={index}>
              <th scope="row" class={`depth-${Math.min(piece.depth, 6)}`}>
                <bdi>{piece.label}</bdi>
              </th>
              <td class="ms">{milliseconds(piece.ms)} ms</td>
              <td class="bar">
                <svg width="100%" height="12" aria-hidden="true">
                  <rect
                    class={`piece ${piece.ended ? "" : "open"} depth-${Math.min(piece.depth, 6)}`}
                    y="1"
                    height="10"
                    x={percent(piece.startMs)}
                    width={`${Math.min(100, Math.max((piece.ms / total) * 100, 0.4))}%`}
                  />
                  {inside && <line class="now" x1={percent(nowMs)} x2={percent(nowMs)} y1="0" y2="12" />}
                </svg>
              </td>
              {trips && <td class="trips">{piece.roundTrips ? several(piece.roundTrips, "round trip") : ""}</td>}
              {!piece.ended && <td class="remark">did not end</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function phasePiece({ name, startMs, ms, ended, roundTrips }: Budget["phases"][number]): Piece {
  return { depth: 0, label: name, startMs, ms, ended, roundTrips };
}

/** The most pieces that are drawn. */
const MOST = 400;

function flatten(wait: Wait, depth: number, into: Piece[]): Piece[] {
  if (into.length < MOST) {
    const { startMs, ms, ended } = wait;
    into.push({ depth, label: waitLabel(wait), startMs, ms, ended, roundTrips: null });
    wait.parts.forEach((part) => flatten(part, depth + 1, into));
  }
  return into;
}

function waitLabel({ doing, host, name }: Wait): string {
  const words: Record<string, string> = {
    request: `${host}: ${name}`,
    phase: `${name}`,
    way: `${host} → ${name}`,
    at: `at ${host}`,
    own: `${host} itself`,
    named: `${host}: ${{ queue: "queued", app: "served" }[name ?? ""] ?? name}`,
    unseen: `unseen: ${name}`,
    unread: `${host}: sealed, no keys`,
  };
  return words[doing] ?? [doing, host, name].filter(Boolean).join(" ");
}

function requestLabel(wait: Wait): string {
  return `${waitLabel(wait)}, from ${milliseconds(wait.startMs)} ms`;
}

function budgetLabel(budget: Budget, index: number): string {
  const streams = budget.streams.map((stream) => stream.join(" ")).join(", ");
  return `${index + 1}${streams ? ` (${streams})` : ""}, ${milliseconds(budget.totalMs)} ms`;
}

/** The sums in words, as the program says them. */
function sums(budget: Budget): string[] {
  const begin = budget.phases[0]?.startMs ?? 0;
  const phase = (name: string) => budget.phases.find((one) => one.name === name);
  const trips = several(budget.roundTrips, "round trip");
  const total = milliseconds(budget.totalMs);
  if (budget.cut) return [`${total} ms and ${trips} so far; only the first packets are kept`];
  const unfinished = budget.phases.find((one) => !one.ended);
  if (unfinished) {
    const how = budget.open ? "open at the end of the capture, after" : "given up after";
    return [`${unfinished.name} did not end: ${how} ${total} ms and ${trips}`];
  }
  const transfer = phase("transfer");
  if (!transfer) return [`in all ${total} ms and ${trips}`];
  const first = milliseconds(transfer.startMs - begin);
  const before = several(budget.roundTripsToFirstByte, "round trip");
  const lines = [`first byte after ${first} ms and ${before}; last byte after ${total} ms`];
  const { serverFirstMs } = budget;
  if (serverFirstMs !== null) lines.push(`the server spoke first, after ${milliseconds(serverFirstMs)} ms`);
  const wait = phase("wait")?.ms ?? 0;
  const network = budget.tcpRoundTripMs;
  if (network !== null && wait > network) {
    lines.push(
      `the wait was ${milliseconds(network)} ms of network and ${milliseconds(wait - network)} ms of server`,
    );
  }
  if (budget.unanswered > 0) lines.push(`${several(budget.unanswered, "request")} got no response`);
  return lines;
}
