//! Each part of the model by itself, on a world of its own: faults, acks, repair, leases, clients, services.

mod acks;
mod clients;
mod coordinator;
mod disks;
mod lab;
mod network;
mod ring;
mod rot;
