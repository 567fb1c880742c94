//! HTTP/1.1: heads against httparse, whole exchanges against hyper, and what single bytes cost.

mod exchange;
mod heads;
mod hyper;
mod ours;
#[cfg(test)]
mod peers;
mod pieces;
mod pipe;

use crate::measure::Comparison;

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let mut lines = heads::compare(rounds);
    lines.extend(exchange::compare(rounds));
    lines.extend(pieces::compare(rounds));
    lines
}
