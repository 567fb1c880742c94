// How the run is doing: a line for those who listen, progress with a way out, what went wrong, what it is compared
// with. Tested in test/live.test.mjs and test/live-break.test.mjs.

import { inWords } from "./compare";
import type { Run } from "./run";
import type { Session, State } from "./session";
import { commandLine } from "./shell";

export function Status({ session, state }: { session: Session; state: State }) {
  const { busy, run, problem, kept } = state;
  return (
    <>
      <p class="lv-unseen" role="status">
        {state.said}
      </p>
      {busy !== null && (
        <div class="lv-row lv-busy">
          <progress aria-label="How much was read" {...(busy.share === null ? {} : { value: busy.share })} />
          <span>{busy.share === null ? "The program is running …" : `${Math.floor(busy.share * 100)} % read`}</span>
          <button type="button" onClick={() => session.cancel()}>
            Cancel
          </button>
        </div>
      )}
      {problem !== null && (
        <div class={problem.calm ? "lv-notice" : "lv-problem"} role={problem.calm ? "note" : "alert"}>
          <p>{problem.title}</p>
          {problem.text !== "" && (
            <pre tabIndex={0}>
              <bdi>{problem.text}</bdi>
            </pre>
          )}
        </div>
      )}
      {problem === null && run !== null && run.code !== 0 && (
        <div class="lv-complaint">
          <span class="lv-code">exit code {run.code}</span> <bdi>{run.complaint}</bdi>
        </div>
      )}
      {problem === null && run !== null && run.code === 0 && run.complaint !== "" && (
        <div class="lv-notice" role="note" aria-label="What the program says">
          <pre tabIndex={0}>
            <bdi>{run.complaint}</bdi>
          </pre>
        </div>
      )}
      {kept !== null && run !== null && kept !== run && <Compared session={session} kept={kept} run={run} />}
      {kept !== null && kept === run && (
        <div class="lv-row lv-compared">
          <span>This run is kept. Change something, and the next run is shown beside it.</span>
          <button type="button" onClick={() => session.forget()}>
            Stop comparing
          </button>
        </div>
      )}
    </>
  );
}

function Compared({ session, kept, run }: { session: Session; kept: Run; run: Run }) {
  const both = kept.capture !== null && run.capture !== null;
  return (
    <div class="lv-row lv-compared">
      <span>Kept</span>
      <code>
        <bdi>{commandLine(kept.task.args)}</bdi>
      </code>
      {both && <strong class="lv-grow">{inWords(kept.capture!, run.capture!)}</strong>}
      {kept.task.settings !== null && (
        <button type="button" onClick={() => session.backToKept()}>
          Back to its settings
        </button>
      )}
      <button type="button" onClick={() => session.forget()}>
        Stop comparing
      </button>
    </div>
  );
}
