//! Congestion controllers by themselves: by RFC clause, by the RFCs' own tables, over a model of a path, and with calls
//! at random. Expected numbers come from the RFCs' formulas, worked out beside each test.

mod averages;
mod bbr;
mod calls;
mod cubic;
mod hystart;
mod link_model;
mod names;
mod path;
mod properties;
mod reno;
