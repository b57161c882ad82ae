//! Given: what the four programs are made of.

pub mod catalog;
pub mod gateway;
pub mod inventory;
pub mod orders;
pub mod shared;

/// The contract: its messages, clients and services, made from proto/shop.proto by build.rs.
pub mod shopv1 {
    tonic::include_proto!("shop.v1");

    /// What reflection tells others.
    pub const DESCRIPTOR: &[u8] = tonic::include_file_descriptor_set!("shop");
}
