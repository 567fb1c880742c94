//! Programs for the kernel's classic BPF machine, which runs one on each packet that comes for a socket, and drops what
//! the program does not keep (McCanne and Jacobson, 1993; linux/Documentation/networking/filter.rst).
//!
//! The machine has one register, A, and an index for offsets, X. An instruction loads one of them, from the packet or
//! from what the kernel knows beside it (offsets from SKF_AD_OFF on, below zero), or compares A and jumps forward.
//! Tested by what each link hears.

use socket2::SockFilter;

pub(super) const LOAD_BYTE: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_ABS;
pub(super) const LOAD_HALF: u32 = libc::BPF_LD | libc::BPF_H | libc::BPF_ABS;
pub(super) const LOAD_WORD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
/// From X on.
pub(super) const LOAD_BYTE_FROM_INDEX: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_IND;
pub(super) const LOAD_HALF_FROM_INDEX: u32 = libc::BPF_LD | libc::BPF_H | libc::BPF_IND;
/// Into X: four times the low half of a byte, which in IPv4 is the length of the header.
pub(super) const INDEX_HEADER: u32 = libc::BPF_LDX | libc::BPF_B | libc::BPF_MSH;
/// A into X.
pub(super) const TO_INDEX: u32 = libc::BPF_MISC | libc::BPF_TAX;
/// X to A.
pub(super) const ADD_INDEX: u32 = libc::BPF_ALU | libc::BPF_ADD | libc::BPF_X;
pub(super) const SHIFT_LEFT: u32 = libc::BPF_ALU | libc::BPF_LSH | libc::BPF_K;
pub(super) const AND: u32 = libc::BPF_ALU | libc::BPF_AND | libc::BPF_K;
pub(super) const IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
pub(super) const IF_BITS: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;

/// A step of a program.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Loads a register, or computes with it.
    Load(u32, u32),
    /// Goes on if the comparison holds, and drops the packet otherwise.
    DropUnless(u32, u32),
    /// Keeps the packet if the comparison holds, and goes on otherwise.
    KeepIf(u32, u32),
    /// Skips so many of the next steps if the comparison holds.
    SkipIf(u32, u32, usize),
    /// Keeps the packet.
    Keep,
    /// Drops the packet.
    Drop,
}

/// The instructions of a program.
pub(super) fn assemble(steps: &[Step]) -> Vec<SockFilter> {
    let rest = |at: usize| steps.get(at + 1..).unwrap_or_default();
    steps.iter().enumerate().flat_map(|(at, step)| instructions(*step, rest(at))).collect()
}

/// The instructions of one step. A jump counts instructions, so it depends on the steps that it skips.
fn instructions(step: Step, next: &[Step]) -> Vec<SockFilter> {
    let instruction = |code: u32, yes, no, operand| SockFilter::new(code as u16, yes, no, operand);
    let (keep, drop) = (instruction(RETURN, 0, 0, u32::MAX), instruction(RETURN, 0, 0, 0));
    match step {
        Step::Load(code, operand) => vec![instruction(code, 0, 0, operand)],
        Step::DropUnless(code, operand) => vec![instruction(code, 1, 0, operand), drop],
        Step::KeepIf(code, operand) => vec![instruction(code, 0, 1, operand), keep],
        Step::SkipIf(code, operand, steps) => {
            let over: usize = next.iter().take(steps).map(|step| instructions(*step, &[]).len()).sum();
            vec![instruction(code, over as u8, 0, operand)]
        }
        Step::Keep => vec![keep],
        Step::Drop => vec![drop],
    }
}
