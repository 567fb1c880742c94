//! Tells the program whether the page was built in `web/dist`. If so, `barewire serve` has it inside.

use std::path::Path;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(page)");
    println!("cargo::rerun-if-changed=../web/dist");
    let built =
        ["index.html", "barewire.wasm"].iter().all(|name| Path::new("../web/dist").join(name).exists());
    // The program inside the page serves no page.
    let is_page = std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm");
    if built && !is_page {
        println!("cargo::rustc-cfg=page");
    }
}
