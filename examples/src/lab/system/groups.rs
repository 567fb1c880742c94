//! setgroups in the lab of an ordinary user: it does nothing, and says that it has.
//!
//! A program that begins as root often gives up its groups before anything else: tcpdump, and servers. An ordinary user
//! may not change groups in a user namespace either (user_namespaces(7)), so such programs would give up. There is no
//! group to give up, so nothing is lost when the kernel answers 0 and leaves all as it is: a seccomp filter does that.

use std::io;
use std::mem::offset_of;

/// What seccomp calls this machine, which must be the one whose numbers `libc` has: AUDIT_ARCH_X86_64 or
/// AUDIT_ARCH_AARCH64.
#[cfg(target_arch = "x86_64")]
const MACHINE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const MACHINE: u32 = 0xc000_00b7;
/// None: on other machines setgroups fails as before.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const MACHINE: u32 = 0;

/// From now on setgroups does nothing in this process and in all that it starts.
///
/// # Errors
/// The kernel has no seccomp.
#[allow(unsafe_code, reason = "prctl with a filter")]
pub(in super::super) fn pretend_to_set() -> io::Result<()> {
    let mut filter = filter();
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program points to a filter that is alive, and the kernel copies it.
    let result = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// In words: if it is this machine, and the number is that of setgroups, return the error 0; else allow.
fn filter() -> [libc::sock_filter; 6] {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const UNLESS_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, k| libc::sock_filter { code, jt: 0, jf: 0, k };
    let unless_equal = |k, skip| libc::sock_filter { code: UNLESS_EQUAL, jt: 0, jf: skip, k };
    [
        step(LOAD, offset_of!(libc::seccomp_data, arch) as u32),
        unless_equal(MACHINE, 3),
        step(LOAD, offset_of!(libc::seccomp_data, nr) as u32),
        unless_equal(libc::SYS_setgroups as u32, 1),
        step(RETURN, libc::SECCOMP_RET_ERRNO),
        step(RETURN, libc::SECCOMP_RET_ALLOW),
    ]
}
