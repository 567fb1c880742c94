//! The ground of `--wire`: kernels in a lab, each in a network namespace of its own.

mod elsewhere;

pub(super) use elsewhere::Kernels;
