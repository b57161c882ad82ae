//! Given: starts the program. Your work is in src/orders.rs.

fn main() {
    shop::shared::run::run("orders", "50053", shop::orders::serve);
}
