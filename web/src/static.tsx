// The entry of the page that `barewire --html` writes: the story and the details lie in the page as text. The text of
// the terminal view is in it too: it is what is seen without JavaScript, and when the story cannot be drawn.
// Tested in test/viewer*.test.mjs.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { decodeBase64, DetailsCache, type Range, readStory, type Source, StoryError } from "./story";
import { Boundary, Viewer } from "./viewer";

const textOf = (id: string) => document.getElementById(id)?.textContent ?? "";

/** A chunk of details: the frames in it, and where its base64 stands in the text. */
interface Chunk {
  range: Range;
  start: number;
  end: number;
}

/** Finds the chunks: a line each, `FIRST LAST BASE64`. The base64 stays where it is until it is needed. */
function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  const lines = /^(\d{1,15}) (\d{1,15}) ([A-Za-z0-9+/=]+)\r?$/gm;
  for (let match = lines.exec(text); match; match = lines.exec(text)) {
    const end = match.index + match[1]!.length + match[2]!.length + 2 + match[3]!.length;
    chunks.push({ range: [Number(match[1]), Number(match[2])], start: end - match[3]!.length, end });
  }
  return chunks;
}

/** Bytes that one chunk may unpack to: a bound for a file that was made to unpack without end. */
const MOST_UNPACKED = 1 << 28;

async function gunzip(base64: string): Promise<string> {
  const unpacked = new Blob([decodeBase64(base64)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = unpacked.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > MOST_UNPACKED) throw new StoryError("The fields of these frames are too large.");
    text += decoder.decode(value, { stream: true });
  }
}

function sourceOf(story: string, details: string): Source {
  const read = readStory(story);
  // What the page has as text need not be there twice.
  read.text ??= textOf("text") || null;
  const chunks = chunksOf(details);
  const chunkOf = (frame: number) => chunks.find(({ range }) => range[0] <= frame && frame <= range[1]);
  const cache = new DetailsCache(
    async (first) => {
      const chunk = chunkOf(first);
      if (!chunk) return "";
      try {
        return await gunzip(details.slice(chunk.start, chunk.end));
      } catch (error) {
        if (error instanceof StoryError) throw error;
        throw new StoryError("The fields of these frames cannot be unpacked.");
      }
    },
    (frame) => chunkOf(frame)?.range ?? null,
  );
  return { story: read, details: (frame) => cache.details(frame) };
}

function frameOfHash(): number | null {
  const frame = /^#frame=(\d{1,15})$/.exec(location.hash)?.[1];
  return frame === undefined ? null : Number(frame);
}

function Page({ source }: { source: Source }) {
  const [frame, setFrame] = useState(frameOfHash());
  useEffect(() => {
    const follow = () => setFrame(frameOfHash());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  // What the reader chooses is no longer what the address asked for.
  const remember = (chosen: number) => {
    history.replaceState(null, "", `#frame=${chosen}`);
    setFrame(null);
  };
  return (
    <main>
      <Viewer source={source} frame={frame} onFrame={remember} />
    </main>
  );
}

/** Says what went wrong, and leaves the text. */
function fail(error: unknown): void {
  const root = document.getElementById("viewer")!;
  const sentence = error instanceof Error ? error.message : String(error);
  render(
    <p class="failure" role="alert">
      <bdi>{sentence}</bdi> The text of the story is below.
    </p>,
    root,
  );
  showText();
}

function showText(): void {
  document.getElementById("text")!.hidden = false;
  document.documentElement.dataset["ready"] = "error";
}

function start(): void {
  try {
    const source = sourceOf(textOf("story"), textOf("details"));
    document.getElementById("text")!.hidden = true;
    render(
      <Boundary failed={showText}>
        <Page source={source} />
      </Boundary>,
      document.getElementById("viewer")!,
    );
    document.documentElement.dataset["ready"] ??= "story";
  } catch (error) {
    fail(error);
  }
  requestAnimationFrame(() => setTimeout(() => performance.mark("picture")));
}

start();
