//! The cache in handed-in time: against a slow and simple model, by the rules of the RFCs, and against known attacks.

mod attacks;
mod charge;
mod credibility;
mod denial;
mod ghosts;
mod held_bytes;
mod listing;
mod model;
mod negative;
mod order;
mod packed;
mod room;
mod scene;
mod times;
