// What can be chosen without typing: pages of the toy site, and its hosts that fail.
// Tested in test/live.test.mjs.

export interface Choice {
  url: string;
  says: string;
}

const SITE = "https://www.example.test";

export const PAGES: Choice[] = [
  { url: `${SITE}/`, says: "the first page" },
  { url: `${SITE}/large`, says: "/large, 200 KB" },
  { url: `${SITE}/chunked`, says: "/chunked, of unknown length" },
  { url: `${SITE}/slow`, says: "/slow, the server thinks" },
  { url: `${SITE}/close`, says: "/close, ends with the connection" },
];

export const FAILING: Choice[] = [
  { url: "https://expired.example.test/", says: "its certificate expired" },
  { url: "https://wrong.example.test/", says: "its certificate is another's" },
  { url: "https://untrusted.example.test/", says: "nobody trusts its certificate" },
  { url: "https://retry.example.test/", says: "wants another key (HelloRetryRequest)" },
  { url: "https://closed.example.test/", says: "nobody listens" },
  { url: "https://silent.example.test/", says: "nobody answers" },
];

/** The page of a chosen size. */
const SIZED = /^https:\/\/www\.example\.test\/bytes\/(\d{1,9})$/;

/** How many bytes the page of this URL has; null when it is not a page of a chosen size. */
export function sizeOf(url: string): string | null {
  return SIZED.exec(url)?.[1] ?? null;
}

export function pageOfSize(bytes: string): string {
  return `${SITE}/bytes/${bytes.replace(/\D/g, "").slice(0, 9) || "0"}`;
}
