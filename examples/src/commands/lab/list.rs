//! `barewire lab list`: the topologies, drawn.

use serde_json::json;

use crate::cli::LabListArgs;
use crate::commands::output::print;
use crate::failure::Failure;
use crate::lab::Plan;
use crate::lab::topologies::TOPOLOGIES;
use crate::lab::topology::Topology;

pub(super) fn run(args: &LabListArgs) -> Result<u8, Failure> {
    let chosen: Vec<&Topology> = if args.names.is_empty() {
        TOPOLOGIES.to_vec()
    } else {
        let plans = args.names.iter().map(|name| Plan::of(name));
        plans.map(|plan| plan.map(|plan| plan.topology)).collect::<Result<_, _>>()?
    };
    let texts = chosen.iter().map(|topology| if args.json { object(topology) } else { drawn(topology) });
    print(&texts.collect::<Vec<_>>().join(if args.json { "" } else { "\n" }))?;
    Ok(0)
}

fn drawn(topology: &Topology) -> String {
    let picture: String = topology.drawing.lines().map(|line| format!("  {line}\n")).collect();
    format!("{}: {}\n\n{picture}\n  try: {}\n", topology.name, topology.about, topology.hint)
}

fn object(topology: &Topology) -> String {
    let hosts: Vec<_> = topology
        .hosts
        .iter()
        .map(|host| {
            let ends =
                topology.cables.iter().flat_map(|cable| &cable.ends).filter(|end| end.host == host.name);
            let devices: Vec<_> =
                ends.map(|end| json!({"name": end.device, "addresses": end.addresses})).collect();
            json!({"name": host.name, "role": format!("{:?}", host.role).to_lowercase(), "devices": devices})
        })
        .collect();
    let try_this = topology.hint;
    format!(
        "{}\n",
        json!({"topology": topology.name, "about": topology.about, "hosts": hosts, "try": try_this})
    )
}
