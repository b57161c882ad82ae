//! Given: starts the program. Your work is in src/inventory.rs.

fn main() {
    shop::shared::run::run("inventory", "50052", shop::inventory::serve);
}
