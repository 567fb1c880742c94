// The viewer of a story, for a page that has one.

export {
  type Details,
  DetailsCache,
  type Item,
  readStory,
  type Section,
  type Source,
  type Story,
  StoryError,
} from "../story";
export type { Actions, BitAction, PacketAction } from "./actions";
export { Boundary } from "./Boundary";
export { shortened } from "./words";
export { Viewer, type ViewerProps } from "./Viewer";
