// Numbers and text as the page writes them: as the program does.

/** A time in milliseconds with one decimal. */
export function milliseconds(ms: number): string {
  return (Math.round(ms * 10) / 10).toFixed(1);
}

/** A length of time, for people: 12.3 ms, 4.20 s, 3 min 20 s. */
export function duration(ms: number): string {
  if (ms < 1000) return `${milliseconds(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${count(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** A number with its thousands apart: 200,000. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** Characters of a name that are shown. */
const LONGEST_NAME = 100;

/** A name, with its middle left out where it is very long: the end of a file's name says what it is. */
export function shortened(name: string): string {
  const all = name.length > LONGEST_NAME ? [...name] : [];
  return all.length > LONGEST_NAME ? `${all.slice(0, 70).join("")}…${all.slice(-29).join("")}` : name;
}

/** 1 packet, 2 packets. */
export function several(number: number, word: string): string {
  return `${count(number)} ${word}${number === 1 ? "" : "s"}`;
}

export function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** `text` in lines of at most `room` characters: broken after commas, else between words, else anywhere. */
export function wrap(text: string, room: number, most: number): string[] {
  if (text.length <= room) return [text];
  const lines: string[] = [""];
  const add = (piece: string) => {
    const last = lines.at(-1)!;
    if (last === "" || last.length + piece.trimEnd().length <= room) lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  };
  for (const part of text.replace(/ +/g, " ").split(/(?<=, )/)) {
    if (part.trimEnd().length <= room) add(part);
    else for (const word of part.split(/(?<= )/)) chop(word, room).forEach(add);
    if (lines.length > most) break;
  }
  const kept = lines.slice(0, most).map((line) => line.trimEnd());
  if (lines.length > most) kept[most - 1] = `${kept[most - 1]!.slice(0, Math.max(room - 1, 0))}…`;
  return kept;
}

/** Pieces of at most `room` characters; no character is cut in two. */
function chop(word: string, room: number): string[] {
  if (word.length <= room) return [word];
  const characters = [...word];
  const pieces = [];
  for (let at = 0; at < characters.length; at += room) pieces.push(characters.slice(at, at + room).join(""));
  return pieces;
}
