// What both ends of a conversation are in, before and after the chosen packet: TCP's state and variables, TLS's state,
// what HTTP waits for, and the secrets. What the packet changed is marked.

import type { Ends as Both, TcpEnd } from "../story";
import { count, several } from "./words";

interface Props {
  before: Both | null;
  after: Both | null;
  names: [client: string, server: string];
  busy: boolean;
}

const VARIABLES: [name: string, of: (end: TcpEnd) => string][] = [
  ["TCP", (end) => end.state + (end.proven ? "" : "?")],
  ["snd.una", (end) => shown(end.sndUna)],
  ["snd.nxt", (end) => shown(end.sndNxt)],
  ["rcv.nxt", (end) => shown(end.rcvNxt)],
  ["rcv.wnd", (end) => shown(end.rcvWnd)],
];

function shown(value: number | null): string {
  return value === null ? "–" : count(value);
}

interface Line {
  name: string;
  before: (string | null)[];
  after: (string | null)[];
}

function linesOf(before: Both | null, after: Both | null): Line[] {
  const lines: Line[] = [];
  const both = (name: string, of: (ends: Both, which: 0 | 1) => string | undefined) => {
    const values = (ends: Both | null) => ([0, 1] as const).map((which) => (ends ? (of(ends, which) ?? null) : null));
    const line = { name, before: values(before), after: values(after) };
    if ([...line.before, ...line.after].some((value) => value !== null)) lines.push(line);
  };
  for (const [name, of] of VARIABLES) both(name, ({ tcp }, which) => (tcp ? of(tcp[which]) : undefined));
  both("TLS", ({ tls }, which) => tls?.[which]);
  both("HTTP", ({ http }, which) => http?.[which]);
  return lines;
}

export function Ends({ before, after, names, busy }: Props) {
  const lines = linesOf(before, after);
  const known = new Set(before?.secrets.map((secret) => secret.label));
  const secrets = after?.secrets ?? before?.secrets ?? [];
  const isNew = secrets.some(({ label }) => !known.has(label));
  const unproven = [before, after].some((ends) => ends?.tcp?.some((end) => !end.proven));
  return (
    <section class={`ends${busy ? " busy" : ""}`} aria-labelledby="ends-title">
      <h2 id="ends-title">Both ends, before and after</h2>
      <div class="ends-pane" tabIndex={0} role="group" aria-label="state of both ends">
        {lines.length === 0 && secrets.length === 0 ? (
          <p class="nothing">nothing is known of the ends here</p>
        ) : (
          <table class="states">
            <thead>
              <tr>
                <td />
                {names.map((name, which) => (
                  <th scope="col" key={which}>
                    {which === 0 ? "client" : "server"}
                    {name !== (which === 0 ? "client" : "server") && (
                      <>
                        {" "}
                        <bdi class="address">{name}</bdi>
                      </>
                    )}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.name}>
                  <th scope="row">{line.name}</th>
                  {[0, 1].map((which) => (
                    <Change key={which} before={line.before[which]} after={line.after[which]} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {unproven && <p class="sum">? if this packet arrives</p>}
        {secrets.length > 0 && (
          <details class="secrets">
            <summary>
              {several(secrets.length, "secret")}
              {isNew ? ", some new" : ""}
            </summary>
            <dl>
              {secrets.map(({ label, secret }, index) => (
                <div key={index} class={known.has(label) ? "" : "changed"}>
                  <dt>
                    <bdi>
                      {known.has(label) ? "" : "+ "}
                      {label}
                    </bdi>
                  </dt>
                  <dd>
                    <bdi>{secret}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </section>
  );
}

/** One value, or where the packet changed it: before → after. */
function Change({ before, after }: { before: string | null | undefined; after: string | null | undefined }) {
  const [was, is] = [before ?? "–", after ?? before ?? "–"];
  if (was === is)
    return (
      <td>
        <bdi>{is}</bdi>
      </td>
    );
  return (
    <td class="changed">
      <bdi class="was">{was}</bdi> <span class="to">→</span> <bdi class="is">{is}</bdi>
    </td>
  );
}
