//! The ground of `--wire`: kernels in a lab, each in a network namespace of its own.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::Kernels;
#[cfg(target_os = "linux")]
pub(super) use linux::Kernels;
