//! `barewire lab list`: the topologies, drawn.

use serde_json::{Value, json};

use crate::cli::LabListArgs;
use crate::commands::output::print;
use crate::failure::Failure;
use crate::lab::Plan;
use crate::lab::topologies::TOPOLOGIES;
use crate::lab::topology::{Place, Topology};

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
    let services = topology.services.iter().flat_map(|(host, services)| {
        services.iter().map(move |service| format!("  {host:<9} {}\n", service.about()))
    });
    let services: String = services.collect();
    format!("{}: {}\n\n{picture}\n{services}\n  try: {}\n", topology.name, topology.about, topology.hint)
}

fn object(topology: &Topology) -> String {
    let hosts: Vec<_> = topology.hosts.iter().map(|place| host(topology, place)).collect();
    let services = topology.services.iter().flat_map(|(host, services)| {
        services.iter().map(move |service| json!({"host": host, "about": service.about()}))
    });
    let services: Vec<_> = services.collect();
    let (name, about, hint) = (topology.name, topology.about, topology.hint);
    let object = json!({"topology": name, "about": about, "hosts": hosts, "services": services, "try": hint});
    format!("{object}\n")
}

fn host(topology: &Topology, place: &Place) -> Value {
    let ends = topology.cables.iter().flat_map(|cable| &cable.ends).filter(|end| end.host == place.name);
    let devices: Vec<_> = ends.map(|end| json!({"name": end.device, "addresses": end.addresses})).collect();
    json!({"name": place.name, "role": format!("{:?}", place.role).to_lowercase(), "devices": devices})
}
