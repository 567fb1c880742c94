//! Congestion controllers by themselves: by RFC clause, by the RFCs' own tables, over a model of a path, and with calls
//! at random. Expected numbers come from the RFCs' formulas, worked out beside each test.

mod averages;
mod calls;
mod cubic;
mod hystart;
mod names;
mod properties;
mod reno;
